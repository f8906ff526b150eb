"""Books and readings by the year in which they were finished."""

from datetime import date
from decimal import Decimal

import pytest

from tests.support.factories import make_book, make_user
from users.library.reading_years import count_undated, load_years
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db
Status = LibraryEntry.Status


def add_entry(owner: User | None, *ends: date | None, **fields: object) -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.create(user=owner, book=make_book(), **{"status": Status.READ, **fields})
    for end in ends:
        entry.readings.create(finished_on=end)
    return entry


def test_years_are_listed_from_the_latest() -> None:
    owner = make_user()
    add_entry(owner, date(2024, 12, 31), date(2026, 1, 1))

    assert [(year, each.books, each.rereads) for year, each in load_years(owner).items()] == [
        (2026, 0, 1),
        (2024, 1, 0),
    ]


def test_a_second_reading_of_a_book_counts_as_a_reread_in_its_month() -> None:
    owner = make_user()
    add_entry(owner, date(2026, 3, 5), date(2026, 3, 20))
    add_entry(owner, date(2026, 7, 1))

    months = load_years(owner)[2026].months

    assert [(each.number, each.books, each.rereads) for each in months if each.readings] == [(3, 1, 1), (7, 1, 0)]
    assert len(months) == 13


def test_each_book_counts_once_in_the_ratings() -> None:
    owner = make_user()
    add_entry(owner, date(2026, 3, 5), date(2026, 9, 9), rating=Decimal("4.5"))
    add_entry(owner, date(2026, 4, 5), rating=Decimal(3))
    add_entry(owner, date(2026, 5, 5))

    assert load_years(owner)[2026].ratings == {Decimal("4.5"): 1, Decimal(3): 1}


def test_read_books_without_an_end_are_counted_apart() -> None:
    owner = make_user()
    add_entry(owner)
    add_entry(owner, None)
    add_entry(owner, None, date(2026, 5, 5))
    add_entry(owner, status=Status.READING)

    assert count_undated(owner) == 2


def test_other_libraries_do_not_count() -> None:
    owner = make_user()
    add_entry(make_user(), date(2026, 1, 1))
    shared = add_entry(None, date(2026, 2, 2))

    assert load_years(owner) == {}
    assert count_undated(owner) == 0
    assert [each.book for each in load_years(None)[2026].finished] == [shared.book_id]
