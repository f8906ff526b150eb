"""Data of Open Library for imported books."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.models import Book
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book
from tests.support.imports import goodreads_file, import_file, outcomes_of, row_of, undo_import
from users.imports.jobs import enrichment, lifecycle, review, tasks
from users.library.entries import change_locked_entry, lock_entry
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db
ISBN, UNKNOWN_ISBN = "9780140447934", "9780306406157"


def look_up(job: ImportJob) -> None:
    while lifecycle.run_step(job):
        pass
    job.refresh_from_db()


def test_a_book_that_open_library_has_becomes_its_catalogue_row(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"Title": "War & Peace", "Author": "Leo Tolstoi", "ISBN13": ISBN}))
    entry = LibraryEntry.objects.values().get()

    look_up(job)

    book = Book.objects.get()
    assert (book.source, book.source_key, book.isbn_13, book.is_published) == ("open_library", "OL20M", ISBN, True)
    assert (book.title, book.work_key, book.languages) == ("War and Peace (Penguin)", "OL10W", ["eng"])
    assert (book.first_publish_year, book.cover_url) == (1869, "https://covers.openlibrary.org/b/id/78-L.jpg")
    authors = [(each.shown_name, each.author.source_key, each.author.is_published) for each in book.authorships.all()]
    assert authors == [("Leo Tolstoy", "OL1A", True)]
    assert LibraryEntry.objects.values().get() == entry
    assert (row_of(job).match, row_of(job).book) == ("isbn", book)


def test_a_work_becomes_its_catalogue_row(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, b"Work Id,Title,Authors,Edition Id,Bookshelf\nOL10W,War,Tolstoi,,Already Read\n")

    look_up(job)

    book = LibraryEntry.objects.get().book
    assert (book.source, book.source_key, book.title) == ("open_library", "OL10W", "War and Peace")
    assert row_of(job).match == "key"


def test_an_entry_changes_to_the_row_that_the_catalogue_has(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"ISBN13": ISBN, "Private Notes": "Lent to Bob."}))
    known = make_book(source="open_library", source_key="OL20M", description="Long.")
    entry = LibraryEntry.objects.get()

    look_up(job)

    moved = LibraryEntry.objects.get()
    assert (moved.pk, moved.book, moved.version, moved.notes) == (entry.pk, known, entry.version, "Lent to Bob.")
    assert Book.objects.get().description == "Long."
    assert row_of(job).book == known


@pytest.mark.parametrize("is_held", [True, False])
def test_a_row_that_cannot_be_used_leaves_the_private_book(ann: User, open_library: OpenLibrary, is_held: bool) -> None:
    """The library has the catalogue's row as an entry of its own, or staff have withdrawn the row."""
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))
    known = make_book(source="open_library", source_key="OL20M", is_published=is_held)
    if is_held:
        LibraryEntry.objects.create(user=ann, book=known)

    look_up(job)

    book = row_of(job).entry.book  # type: ignore[union-attr]
    assert (book.source, book.work_key, book.is_published) == ("import", "OL10W", False)


def test_two_rows_of_one_edition_stay_two_entries(ann: User, open_library: OpenLibrary) -> None:
    rows = b"Title,olid,author,my_review,status\nA,OL20M,X Y,,finished\nB,OL20M,X Z,,planned\n"
    job = import_file(ann, rows)
    row = row_of(job, 2)
    assert row.outcome in {"created", "unchanged", "updated"}

    look_up(job)

    assert LibraryEntry.objects.filter(book__source="open_library").count() == 1


def test_an_edition_with_another_isbn_is_another_book(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, f"title,olid,author,isbn,my_review\nWar,OL20M,X,{UNKNOWN_ISBN},\n".encode())

    look_up(job)

    assert LibraryEntry.objects.get().book.source == "import"


@pytest.mark.parametrize("details", [{"title": ""}, {"isbn_13": [UNKNOWN_ISBN]}, {"works": []}])
def test_an_edition_that_is_not_certain_leaves_the_private_book(
    ann: User, open_library: OpenLibrary, details: dict[str, object]
) -> None:
    """Without a title, with another ISBN, or without authors although the row has one."""
    edition = {"key": "/books/OL30M", "title": "War", "isbn_13": [ISBN], "works": [{"key": "/works/OL10W"}], **details}
    open_library.documents[f"/isbn/{ISBN}"] = edition
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))

    look_up(job)

    assert LibraryEntry.objects.get().book.source == "import"


@pytest.mark.parametrize("is_touched", [False, True])
def test_an_undo_after_the_lookup(ann: User, open_library: OpenLibrary, is_touched: bool) -> None:
    """The catalogue's row stays. An entry that a person has changed stays as well."""
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))
    if is_touched:
        change_locked_entry(lock_entry(ann, LibraryEntry.objects.get().pk), {"notes": "Mine."})
    look_up(job)

    undo_import(job)

    assert job.undone == {"removed": 1 - is_touched, "restored": 0, "kept": int(is_touched)}
    assert [entry.notes for entry in LibraryEntry.objects.all()] == ["Mine."] * is_touched
    assert Book.objects.get().source == "open_library"


def test_the_same_file_changes_nothing_after_the_lookup(ann: User, open_library: OpenLibrary) -> None:
    content = goodreads_file({"ISBN13": ISBN, "Title": "War & Peace"})
    look_up(import_file(ann, content))

    job = import_file(ann, content)

    assert outcomes_of(job) == ["unchanged"]


def test_a_book_that_a_person_kept_as_entered_stays(ann: User, open_library: OpenLibrary) -> None:
    make_book(title="War", authors=["Sebastian Junger"])
    job = import_file(ann, b"Work Id,Title,Authors,Edition Id,Bookshelf\nOL10W,War,Tolstoi,,Already Read\n")
    assert row_of(job).outcome == "needs_review"
    review.keep(row_of(job))

    look_up(job)

    book = LibraryEntry.objects.get().book
    assert (book.source, book.title, book.cover_url) == (
        "import",
        "War",
        "https://covers.openlibrary.org/b/id/77-L.jpg",
    )


def test_a_key_of_open_library_ends_the_review(ann: User, open_library: OpenLibrary) -> None:
    make_book(title="War", authors=["Sebastian Junger"])
    job = import_file(ann, b"Work Id,Title,Authors,Edition Id,Bookshelf\nOL10W,War,Tolstoi,,Already Read\n")

    look_up(job)

    row = row_of(job)
    assert (row.outcome, row.suggestions, row.reason) == ("created", [], "")
    assert LibraryEntry.objects.get().book.source_key == "OL10W"


def test_a_decision_during_the_request_counts(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"Title": "", "ISBN13": ISBN}))
    stale = list(job.rows.all())
    found = enrichment.look_up(stale)
    review.correct(row_of(job), values={"title": "Mine", "authors": [], "isbn_13": ""})

    enrichment.store(job, stale, found)

    assert (row_of(job).outcome, LibraryEntry.objects.get().book.title) == ("created", "Mine")


def test_rows_of_a_cancelled_import_are_completed(ann: User, open_library: OpenLibrary) -> None:
    job = import_file(ann, goodreads_file({"ISBN13": ISBN}))
    ImportJob.objects.update(state="cancelled", updated_at=timezone.now() - timedelta(hours=1))
    assert tasks.find_lost() == [job]

    look_up(job)

    assert LibraryEntry.objects.get().book.source_key == "OL20M"


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
