"""Data of Open Library for imported books."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.models import Book
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.imports import goodreads_file, import_file, outcomes_of, row_of
from users.imports.jobs import lifecycle, tasks
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db
ISBN, UNKNOWN_ISBN = "9780140447934", "9780306406157"


def look_up(job: ImportJob) -> None:
    while lifecycle.run_step(job):
        pass
    job.refresh_from_db()


def test_imported_books_are_completed(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"Title": "War & Peace", "Author": "Leo Tolstoi", "ISBN13": ISBN}))
    version = LibraryEntry.objects.get().version

    look_up(job)

    book = Book.objects.get()
    assert (book.title, book.work_key, book.languages) == ("War & Peace", "OL10W", ["eng"])
    assert book.cover_url == "https://covers.openlibrary.org/b/id/78-L.jpg"
    assert [each.shown_name for each in book.authorships.all()] == ["Leo Tolstoi"]
    assert not book.is_published
    assert LibraryEntry.objects.get().version == version


def test_a_row_without_a_title_is_imported_when_the_title_is_known(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"Title": "", "ISBN13": ISBN}, {"Title": "", "ISBN13": UNKNOWN_ISBN}))
    assert outcomes_of(job) == ["needs_review", "needs_review"]

    look_up(job)

    assert outcomes_of(job) == ["created", "needs_review"]
    assert LibraryEntry.objects.get().book.title == "War and Peace (Penguin)"
    assert "does not know" in row_of(job, 2).reason


def test_a_request_asks_for_a_hundred_books(ann: User, open_library: OpenLibrary) -> None:
    rows = [{"ISBN13": isbn_of(number)} for number in range(450)]
    job = import_file(ann, goodreads_file(*rows))

    look_up(job)

    assert open_library.requests["/api/books"] == 5
    assert sum(open_library.requests.values()) == 5
    assert not job.rows.filter(lookup="waiting").exists()


def isbn_of(number: int) -> str:
    digits = f"978{number:09}"
    check = -sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


@pytest.mark.parametrize("fault", ["html500", "list", "truncated", "refuse"])
def test_an_unavailable_open_library_is_asked_again_later(ann: User, open_library: OpenLibrary, fault: str) -> None:
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))
    open_library.fault = fault

    look_up(job)
    assert job.retry_at is not None
    assert job.retry_at > timezone.now()
    assert LibraryEntry.objects.count() == 1

    open_library.fault = ""
    look_up(job)
    assert Book.objects.get().work_key is None

    ImportJob.objects.update(retry_at=timezone.now(), updated_at=timezone.now() - timedelta(hours=1))
    assert tasks.find_lost() == [job]
    look_up(job)
    assert Book.objects.get().work_key == "OL10W"


def test_a_curated_field_is_not_overwritten(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))
    book = Book.objects.get()
    book.curated_fields.create(field="languages")

    look_up(job)

    book.refresh_from_db()
    assert (book.languages, book.work_key) == ([], "OL10W")


def test_an_undo_ends_the_lookups(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))
    lifecycle.start_undo(job)

    look_up(job)

    assert not open_library.requests
    assert not Book.objects.exists()
