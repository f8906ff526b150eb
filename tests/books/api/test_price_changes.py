"""The list of price changes."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.api.pagination import PriceChangePagination
from books.models import Book, HeldPrice, PriceObservation
from books.price_change_filters import PriceChangeFilter
from books.prices.review import accept_prices
from core.db.statistics import update_statistics
from tests.books.api.conftest import day
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book
from tests.support.prices import ingest_price, record_prices

pytestmark = pytest.mark.django_db


def read_changes(client: APIClient, query: str = "") -> list[str]:
    """For example "Dune 10.00 → 8.00"."""
    response = client.get(f"/api/price-changes?{query}")
    assert response.status_code == 200, response.content
    return [describe(row) for row in response.json()["results"]]


def describe(row: Any) -> str:
    return f"{row['book']['title']} {row['previous_price']} → {row['price']}"


def test_a_change_states_prices_difference_and_time(client: APIClient) -> None:
    record_prices(make_book(title="Dune"), (day(1), "10.00"), (day(4), "8.00"))

    (change,) = client.get("/api/price-changes").json()["results"]

    book = client.get("/api/books").json()["results"][0]
    assert change == {
        "observed_at": "2026-05-04T06:00:00Z", "book": book, "previous_price": "10.00", "previous_currency": "GBP",
        "price": "8.00", "currency": "GBP", "difference": "-2.00", "change_percent": "-20.00",
    }  # fmt: skip


def test_another_currency_is_a_change_without_a_difference(client: APIClient) -> None:
    book = record_prices(make_book(), (day(1), "10.00"))
    record_prices(book, (day(2), "9.00"), currency="EUR")

    (change,) = client.get("/api/price-changes").json()["results"]

    assert (change["previous_currency"], change["currency"]) == ("GBP", "EUR")
    assert (change["difference"], change["change_percent"]) == (None, None)


@pytest.mark.usefixtures("changes")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Dune 8.00 → 12.00", "Ulysses 7.00 → 9.00", "Emma 20.00 → 10.00", "Dune 10.00 → 8.00"]),
        ("since=2026-05-07", ["Dune 8.00 → 12.00", "Ulysses 7.00 → 9.00"]),
        ("since=2026-05-06T06:00:01Z&until=2026-05-08", ["Ulysses 7.00 → 9.00"]),
        ("until=2026-05-05", ["Dune 10.00 → 8.00"]),
        ("until=2026-05-04", []),
        ("until=2026-05-04T06:00:00Z", []),
        ("until=2026-05-04T07:00:01%2B01:00", ["Dune 10.00 → 8.00"]),
        ("until=2026-05-04T07:00:01+01:00", ["Dune 10.00 → 8.00"]),
        ("category=travel", ["Dune 8.00 → 12.00", "Dune 10.00 → 8.00"]),
        ("source=books_to_scrape", ["Dune 8.00 → 12.00", "Dune 10.00 → 8.00"]),
        ("direction=down", ["Emma 20.00 → 10.00", "Dune 10.00 → 8.00"]),
        ("direction=up", ["Dune 8.00 → 12.00"]),
        ("direction=currency", ["Ulysses 7.00 → 9.00"]),
        ("min_drop_percent=20", ["Emma 20.00 → 10.00", "Dune 10.00 → 8.00"]),
        ("min_drop_percent=20.01", ["Emma 20.00 → 10.00"]),
        ("min_drop_percent=0", ["Emma 20.00 → 10.00", "Dune 10.00 → 8.00"]),
        ("ordering=observed_at&direction=down", ["Dune 10.00 → 8.00", "Emma 20.00 → 10.00"]),
        (
            "ordering=change_percent",
            ["Emma 20.00 → 10.00", "Dune 10.00 → 8.00", "Dune 8.00 → 12.00", "Ulysses 7.00 → 9.00"],
        ),
    ],
)
def test_filters_and_orderings(client: APIClient, query: str, expected: list[str]) -> None:
    assert read_changes(client, query) == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("since=last week", "since"),
        ("until=2026-02-30", "until"),
        ("min_drop_percent=-1", "min_drop_percent"),
        ("min_drop_percent=101", "min_drop_percent"),
        ("min_drop_percent=NaN", "min_drop_percent"),
        ("direction=sideways", "direction"),
        ("source=amazon", "source"),
        ("ordering=price", "ordering"),
        ("sinc=2026-05-03", "sinc"),
    ],
)
def test_invalid_parameters_are_rejected(client: APIClient, query: str, parameter: str) -> None:
    response = client.get(f"/api/price-changes?{query}")

    assert response.status_code == 422
    assert {error["parameter"] for error in response.json()["errors"]} == {parameter}


def test_a_rise_from_zero_has_no_percentage(client: APIClient) -> None:
    record_prices(make_book(title="Dune"), (day(1), "0.00"), (day(2), "5.00"))

    assert read_changes(client, "direction=up") == ["Dune 0.00 → 5.00"]
    assert read_changes(client, "direction=down") == []


@pytest.mark.usefixtures("changes")
@pytest.mark.parametrize("ordering", ["", "ordering=change_percent", "ordering=-change_percent"])
def test_a_cursor_visits_every_change_once(client: APIClient, ordering: str) -> None:
    path, seen = f"/api/price-changes?cursor=&limit=1&{ordering}", []
    while path:
        page = client.get(path).json()
        seen += [describe(row) for row in page["results"]]
        path = page["next"]

    assert seen == read_changes(client, ordering)
    assert len(seen) == 4


@pytest.mark.usefixtures("changes")
def test_deep_pages_are_found(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PriceChangePagination, "deep_offset", 2)

    assert read_changes(client, "limit=2&page=2") == ["Emma 20.00 → 10.00", "Dune 10.00 → 8.00"]
    assert client.get("/api/price-changes?limit=2&page=3").status_code == 404


def test_unpublished_books_have_no_changes(client: APIClient) -> None:
    book = record_prices(make_book(is_published=False), (day(1), "10.00"), (day(2), "8.00"))

    assert read_changes(client) == []

    Book.objects.filter(pk=book.pk).update(is_published=True)
    assert len(read_changes(client)) == 1


def test_a_pending_price_is_a_change_when_staff_accept_it(client: APIClient, book: Book) -> None:
    ingest_price("0.01")
    assert read_changes(client) == []

    accept_prices(HeldPrice.objects.all())

    assert read_changes(client) == ["A Title 10.00 → 0.01"]


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)  # PostgreSQL changes the version at the commit
def test_an_unchanged_list_is_not_sent_again(client: APIClient, book: Book) -> None:
    etag = client.get("/api/price-changes")["ETag"]
    assert client.get("/api/price-changes", headers={"If-None-Match": etag}).status_code == 304

    ingest_price("8.00")

    assert client.get("/api/price-changes", headers={"If-None-Match": etag}).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_number_of_changes(client: APIClient) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/api/price-changes")
        return len(queries)

    record_prices(make_book(), (day(1), "10.00"), (day(2), "8.00"))
    one = count_queries()
    for number in range(3):
        record_prices(make_book(title=f"Book {number}"), (day(1), "10.00"), (day(2), "8.00"))

    assert count_queries() == one


@pytest.mark.parametrize("query", ["ordering=-observed_at", "ordering=change_percent", "ordering=-change_percent"])
def test_changes_are_read_along_an_index(query: str) -> None:
    for number in range(30):
        record_prices(make_book(title=f"Book {number}"), (day(1), "10.00"), (day(2 + number % 9), f"{number + 1}.00"))
    update_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    changes = PriceChangeFilter(QueryDict(query), PriceObservation.objects.changes_of_published_books()).qs
    plan = changes[:11].explain()

    assert "change_by_" in plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort  (" not in plan, plan
