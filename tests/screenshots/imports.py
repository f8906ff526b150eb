"""Imports in each state for the pictures of the wizard."""

from datetime import timedelta

from django.utils import timezone

from tests.support.imports import goodreads_file, read_file, run_until_done, undo_import
from tests.web.import_files import write_table
from users.imports.jobs import lifecycle
from users.models import ImportJob, User

NAME = "goodreads_library_export.csv"
# The catalogue has books with the titles of the third and fourth row, by other authors or by none.
ROWS = (
    {"Title": "The Left Hand of Darkness", "Author": "Ursula K. Le Guin", "Exclusive Shelf": "read", "My Rating": "5",
     "Date Read": "2024/05/03", "Bookshelves": "science-fiction, favourites"},
    {"Title": "The Dispossessed", "Author": "Ursula K. Le Guin", "Exclusive Shelf": "unfinished", "My Rating": "3"},
    {"Title": "Sharp Objects", "Author": "Gillian Flynn", "Exclusive Shelf": "read", "Date Read": "2023/11/12"},
    {"Title": "Black Dust", "Author": "Lynn Marie", "Exclusive Shelf": "to-read"},
    {"Title": "Piranesi", "Author": "Susanna Clarke", "Exclusive Shelf": "to-buy", "Bookshelves": "to-buy, gifts"},
    {"Title": "", "Author": "Anonymous", "Exclusive Shelf": "read"},
    {"Title": "Middlemarch", "Author": "George Eliot", "Exclusive Shelf": "read", "Date Read": "3/9/2024"},
)  # fmt: skip
PREVIEW_ROWS = (
    {"Title": "Emma", "Author": "Jane Austen", "Exclusive Shelf": "read", "My Rating": "4", "Date Read": "2022/02/01"},
    {"Title": "Soumission", "Author": "Michel Houellebecq", "Exclusive Shelf": "on-hold"},
    {"Title": "Beloved", "Author": "Toni Morrison", "Exclusive Shelf": "to-buy", "Bookshelves": "to-buy, gifts"},
    {"Title": "", "Author": "Anonymous", "Exclusive Shelf": "read"},
    {"Title": "Walden", "Author": "Henry David Thoreau", "Exclusive Shelf": "read", "Date Read": "3/9/2024"},
)
OTHER_ROW = {
    "Titel": "Momo", "Autor": "Michael Ende", "Verlag": "Thienemann", "Erscheinungsjahr": "1973", "ISBN": "",
    "Regal": "gelesen", "Gelesen am": "2024-05-03", "Note": "4", "Seitenzahl der gebundenen Ausgabe": "304",
    "Notizen": "Ein Geschenk von Oma, mit einer Widmung auf der ersten Seite.", "Verliehen an": "",
}  # fmt: skip


def fill_imports(user: User) -> dict[str, int]:
    """The ids of the imports by state."""
    preview = read_file(user, goodreads_file(*PREVIEW_ROWS), name=NAME)
    done = import_to_the_end(read_file(user, goodreads_file(*ROWS), name=NAME))
    undone = import_to_the_end(read_file(user, goodreads_file({"Title": "Ulysses"}, {"Title": "Ubik"}), name=NAME))
    undo_import(undone)
    more = goodreads_file(*({"Title": f"Volume {number}", "Book Id": str(number)} for number in range(1_000, 1_900)))
    running = read_file(user, more, name="a_long_life_of_reading.csv")
    lifecycle.commit(running)
    lifecycle.run_step(running)
    columns = read_file(user, write_table(tuple(OTHER_ROW), OTHER_ROW), name="buecher.csv")
    # A worker takes over imports that have made no step for a while.
    ImportJob.objects.update(updated_at=timezone.now() + timedelta(days=1))
    return {
        "done": done.pk, "running": running.pk, "preview": preview.pk, "columns": columns.pk, "undone": undone.pk
    }  # fmt: skip


def import_to_the_end(job: ImportJob) -> ImportJob:
    lifecycle.commit(job)
    run_until_done(job, ImportJob.State.IMPORTING)
    return job
