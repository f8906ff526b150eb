"""Offers of one book in several sources."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.models import Book
from books.offers import find_offers, group_by_currency
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db
ISBN, WORK = "9780306406157", "OL1W"


def make_offer(source: str, price: str | None, currency: str | None = "EUR", **fields: Any) -> Book:
    amount = Decimal(price) if price else None
    values: dict[str, Any] = {"isbn_13": ISBN, "in_stock": True, **fields}
    return make_book(title="Odes", source=source, price=amount, currency=currency if price else None, **values)


@pytest.fixture
def book() -> Book:
    make_offer("dear", "15.00")
    make_offer("sold_out", "5.00", in_stock=False)
    make_offer("pounds", "1.00", "GBP")
    make_offer("no_price", None)
    make_offer("edition", "11.00", isbn_13="9780141439518", work_key=WORK)
    make_offer("private", "2.00", is_published=False)
    make_offer("other", "3.00", isbn_13="9780140449136")
    return make_offer("mine", "12.50", work_key=WORK)


def load(book: Book) -> Book:
    return Book.objects.with_freshness().get(pk=book.pk)


def test_the_cheapest_available_offer_of_the_own_currency_comes_first(book: Book) -> None:
    offers = find_offers(load(book))

    assert [offer.book.source for offer in offers] == ["edition", "mine", "dear", "sold_out", "pounds", "no_price"]
    assert [offer.is_same_edition for offer in offers] == [False, True, True, True, True, True]
    assert [offer.is_shown for offer in offers] == [False, True, False, False, False, False]


def test_currencies_are_in_groups_of_their_own(book: Book) -> None:
    groups = group_by_currency(find_offers(load(book)))

    assert [(group.currency, len(group.offers)) for group in groups] == [("EUR", 4), ("GBP", 1), (None, 1)]


def test_the_api_lists_the_offers(book: Book) -> None:
    offers = APIClient().get(f"/api/books/{book.pk}/offers").json()

    assert [offer["source"] for offer in offers][:2] == ["edition", "mine"]
    assert (offers[1]["price"], offers[1]["currency"], offers[1]["in_stock"]) == ("12.50", "EUR", True)
    assert offers[1]["last_checked_at"] is not None
    assert APIClient().get("/api/books/999999/offers").status_code == 404


def test_an_unpublished_book_has_no_public_offers(book: Book) -> None:
    private = Book.objects.get(source="private")

    assert APIClient().get(f"/api/books/{private.pk}/offers").status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_number_of_offers(book: Book) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            find_offers(load(book))
        counts.append(len(queries))
        for number in range(10):
            make_offer(f"shop{number}", "20.00")

    assert counts[0] == counts[1] == 3


def test_the_page_compares_the_prices(book: Book) -> None:
    html = Client().get(f"/book/{book.pk}/odes").content.decode()

    assert "Compare prices" in html
    assert html.index("Price in EUR") < html.index("Price in GBP")
    alone = make_book(title="Alone", isbn_13="9780143039990")
    assert "Compare prices" not in Client().get(f"/book/{alone.pk}/alone").content.decode()
