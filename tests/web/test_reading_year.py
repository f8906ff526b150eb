"""The page of the books finished in a year."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.factories import make_book, make_user
from tests.web.pages import get_page, text_of, texts_of
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db


def finish(owner: User | None, title: str, *ends: date, rating: str | None = None) -> None:
    entry = LibraryEntry.objects.create(
        user=owner, book=make_book(title=title), status="read", rating=rating and Decimal(rating)
    )
    for end in ends:
        entry.readings.create(finished_on=end)


def test_months_and_ratings_have_numbers_beside_their_bars(owner_client: Client, owner: User) -> None:
    finish(owner, "Odes", date(2025, 3, 1), date(2025, 3, 9), rating="3.5")
    finish(owner, "Epodes", date(2025, 7, 1), rating="5")

    page = get_page("/library/year/2025", owner_client)

    rows = texts_of(page, "table.bars tbody tr")
    assert len(rows) == 12 + 2
    assert [rows[2], rows[6], *rows[12:]] == ["March 1 + 1 again", "July 1", "★ 5 of 5 1", "★ 3.5 of 5 1"]
    assert texts_of(page, ".figures span") == ["2 books finished", "1 read again"]
    assert texts_of(page, ".card h3") == ["Odes", "Epodes"]


def test_the_latest_year_is_shown_first_and_others_are_linked(owner_client: Client, owner: User) -> None:
    finish(owner, "Odes", date(2019, 3, 1))
    finish(owner, "Epodes", date(2020, 3, 1))

    page = get_page("/library/year", owner_client)

    assert text_of(page, "h1") == "2020 in books"
    assert texts_of(page, ".years a") == [str(timezone.localdate().year), "2020", "2019"]


def test_a_year_without_an_end_date_states_how_to_add_one(owner_client: Client, owner: User) -> None:
    finish(owner, "Odes")

    page = get_page("/library/year", owner_client)

    assert "No book has an end date" in text_of(page, ".notice")
    assert "1 book with the status “Read” has no end date" in text_of(page, "main")


def test_unknown_years_are_not_found(owner_client: Client) -> None:
    get_page("/library/year/1850", owner_client, status=404)


def test_other_libraries_do_not_count(owner_client: Client, settings: Any) -> None:
    settings.SHARED_SHELF = False
    finish(make_user(), "Odes", date(2020, 3, 1))

    get_page("/library/year/2020", owner_client, status=404)
    assert Client().get("/library/year")["Location"] == "/sign-in?next=/library"


def test_the_number_of_queries_does_not_grow(
    owner_client: Client, owner: User, django_assert_num_queries: object
) -> None:
    for number in range(20):
        finish(owner, f"Odes {number}", date(2020, 3, 1))

    with django_assert_num_queries(9):  # type: ignore[operator]
        owner_client.get("/library/year")
