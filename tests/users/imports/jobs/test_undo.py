"""Undoing imports."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from books.models import Author, Book
from tests.support.factories import make_book
from tests.support.imports import goodreads_file, import_file, read_file, undo_import
from users.imports.jobs import lifecycle
from users.library.entries import change_locked_entry, lock_entry
from users.models import EntryOrigin, LibraryEntry, PriceWatch, Reading, Tag, User

pytestmark = pytest.mark.django_db
ISBN = "9780140447934"
READ = {
    "Title": "War and Peace", "ISBN13": ISBN, "My Rating": "4", "Date Read": "2024/05/03", "Bookshelves": "long",
    "Exclusive Shelf": "read", "My Review": "Good.",
}  # fmt: skip


def test_everything_that_the_import_made_is_removed(ann: User) -> None:
    job = undo_import(import_file(ann, goodreads_file(READ, {"Title": "Emma"})))

    assert job.undone == {"removed": 2, "restored": 0, "kept": 0}
    for model in (LibraryEntry, Reading, Tag, EntryOrigin, Book):
        assert not model.objects.exists(), model


@pytest.mark.parametrize(
    "change", [{"notes": "Mine."}, {"rating": Decimal(5)}, {"status": "stopped"}, {"tags": ["mine"]}]
)
def test_entries_that_a_person_changed_are_kept(ann: User, change: dict[str, Any]) -> None:
    job = import_file(ann, goodreads_file(READ, {"Title": "Emma"}))
    entry = LibraryEntry.objects.get(book__title="War and Peace")
    change_locked_entry(lock_entry(ann, entry.pk), change)

    undo_import(job)

    assert job.undone == {"removed": 1, "restored": 0, "kept": 1}
    assert list(LibraryEntry.objects.all()) == [entry]


def test_entries_that_the_import_did_not_change_are_not_counted(ann: User) -> None:
    import_file(ann, goodreads_file(READ))

    job = undo_import(import_file(ann, goodreads_file(READ)))

    assert job.undone == {"removed": 0, "restored": 0, "kept": 0}
    assert LibraryEntry.objects.count() == 1


def test_filled_gaps_are_emptied_again(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(isbn_13=ISBN), status="reading", notes="Mine.")
    entry.readings.create(started_on=date(2024, 4, 1))
    before = LibraryEntry.objects.filter(pk=entry.pk).values("status", "rating", "review", "notes", "added_on").get()

    undo_import(import_file(ann, goodreads_file(READ)))

    after = LibraryEntry.objects.filter(pk=entry.pk).values("status", "rating", "review", "notes", "added_on").get()
    assert after == before
    assert [str(each) for each in entry.readings.all()] == ["2024-04-01 to ?"]
    assert not Tag.objects.exists()


def test_filled_gaps_that_a_person_changed_are_kept(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(isbn_13=ISBN))
    job = import_file(ann, goodreads_file(READ))
    change_locked_entry(lock_entry(ann, entry.pk), {"rating": Decimal("4.5")})

    undo_import(job)

    entry.refresh_from_db()
    assert (entry.rating, entry.review) == (Decimal("4.5"), "")


def test_overwritten_values_are_restored(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(isbn_13=ISBN), status="reading", rating=Decimal("2.5"))

    undo_import(import_file(ann, goodreads_file(READ), overwrite=True))

    entry.refresh_from_db()
    assert (entry.status, entry.rating) == ("reading", Decimal("2.5"))


def test_merged_readings_are_removed(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(work_key="OL10W"))
    make_book(work_key="OL10W", isbn_13=ISBN)

    undo_import(import_file(ann, goodreads_file(READ)))

    assert not entry.readings.exists()


def test_books_that_staff_published_stay_in_the_catalogue(ann: User) -> None:
    job = import_file(ann, goodreads_file(READ))
    Book.objects.update(is_published=True)

    undo_import(job)

    assert Book.objects.count() == 1
    assert Author.objects.count() == 1


def test_books_that_a_reader_watches_stay(ann: User) -> None:
    job = import_file(ann, goodreads_file(READ))
    PriceWatch.objects.create(user=ann, book=Book.objects.get(), rule="back_in_stock")

    undo_import(job)

    assert (LibraryEntry.objects.count(), Book.objects.count()) == (0, 1)


def test_many_entries_are_undone_in_steps(ann: User) -> None:
    job = import_file(ann, goodreads_file(*({"Title": f"Book {number}"} for number in range(450))))

    undo_import(job)

    assert job.undone["removed"] == 450
    assert not LibraryEntry.objects.exists()


def test_an_import_that_has_not_started_cannot_be_undone(ann: User) -> None:
    job = read_file(ann, goodreads_file(READ))

    with pytest.raises(ValidationError, match="not possible now"):
        lifecycle.start_undo(job)


def test_a_later_import_of_the_same_file_is_no_change_by_a_person(ann: User) -> None:
    job = import_file(ann, goodreads_file(READ))
    import_file(ann, goodreads_file(READ))

    undo_import(job)

    assert not LibraryEntry.objects.exists()
