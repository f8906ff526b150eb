"""Reading the catalogue, at the canonical paths and at the earlier clients'."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.models import PriceObservation
from tests.support.factories import make_book, make_category
from tests.support.responses import titles

pytestmark = pytest.mark.django_db


LIST_FIELDS = {
    "id", "title", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key", "first_publish_year",
    "price", "currency", "in_stock", "stock", "rating", "cover_url", "product_url", "missing_since", "created_at",
    "updated_at",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/books", "/api/books", "/books/", "/api/books/"])
def test_a_page_of_books(client: APIClient, path: str) -> None:
    for number in range(25):
        make_book(title=f"Book {number:02}")

    answer = client.get(path, {"page": 2, "limit": 10})

    body = answer.json()
    assert titles(answer) == [f"Book {number}" for number in range(10, 20)]
    assert body["count"] == 25
    assert body["next"] == f"http://testserver{path}?limit=10&page=3"
    assert body["previous"] == f"http://testserver{path}?limit=10"
    assert titles(client.get(body["next"])) == [f"Book {number}" for number in range(20, 25)]


def test_a_book_in_a_list_has_the_contract_s_fields(client: APIClient) -> None:
    category = make_category("Poetry")
    make_book(
        title="Odes", authors=["Zoe", "Ann"], category=category, price=Decimal("51.7"), currency="GBP", in_stock=True
    )

    (book,) = client.get("/api/books").json()["results"]

    assert set(book) == LIST_FIELDS
    assert [author["name"] for author in book["authors"]] == ["Zoe", "Ann"]  # as the book names them
    assert book["category"] == {"id": category.pk, "name": "Poetry"}
    assert (book["price"], book["currency"], book["rating"]) == ("51.70", "GBP", None)
    assert book["created_at"].endswith("Z")


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_one_book_has_its_description_too(client: APIClient, prefix: str) -> None:
    book = make_book(description="A story.", languages=["eng"])

    body = client.get(f"{prefix}/books/{book.pk}").json()

    assert set(body) == LIST_FIELDS | {"description", "languages"}
    assert (body["description"], body["languages"]) == ("A story.", ["eng"])


@pytest.mark.parametrize("identity", ["0", "999999", "9" * 40])
def test_a_book_that_is_not_there_is_404(client: APIClient, identity: str) -> None:
    answer = client.get(f"/books/{identity}")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "Book not found"


def test_an_empty_catalogue_has_an_empty_first_page(client: APIClient) -> None:
    nothing: dict[str, Any] = {"count": 0, "count_is_exact": True, "next": None, "previous": None, "results": []}
    assert client.get("/books").json() == nothing
    assert client.get("/books?page=2").status_code == 404


@pytest.mark.parametrize(
    ("path", "cost"),
    [
        ("/api/books?limit=30", 4),  # the stamp, the keys, the books with their categories, the authors
        # and the hits' ids with their titles: on SQLite the ids first
        ("/api/books/search?title=book&limit=30", 5 if connection.vendor == "sqlite" else 4),
    ],
)
def test_a_list_costs_the_same_queries_whatever_its_length(client: APIClient, path: str, cost: int) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    for _ in range(3):
        make_book(authors=["A", "B"], category=make_category())
    queries()  # the first search in a process takes a sample of the titles
    few = queries()
    for number in range(27):
        make_book(authors=["A", "B", "C"], category=make_category(f"C{number}"))

    assert queries() == few == cost


def test_the_next_page_of_an_unquoted_query_is_the_next_page(client: APIClient) -> None:
    for _ in range(3):
        make_book(title="Café")
    raw = "limit=2&title=café".encode().decode("latin-1")

    following = client.get("/books/search", QUERY_STRING=raw).json()["next"]

    assert len(client.get(following).json()["results"]) == 1


def test_search_repeats_what_was_searched_for(client: APIClient) -> None:
    make_book(title="Full Moon over Noah’s Ark: A Travel")
    make_book(title="Neither Here nor There")

    for prefix in ("", "/api"):
        body = client.get(f"{prefix}/books/search?title=TRAVEL").json()
        assert list(body) == ["search", "count", "count_is_exact", "next", "previous", "results"]
        assert (body["search"], body["count"]) == ("TRAVEL", 1)


@pytest.mark.parametrize("query", ["", "title=", "title=%20", "title=%00"])
def test_search_needs_a_title(client: APIClient, query: str) -> None:
    answer = client.get(f"/books/search?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "title"


def test_prices_newest_first(client: APIClient) -> None:
    book, other = make_book(), make_book()
    for day, price in ((1, "10.00"), (3, "12.50")):
        PriceObservation.objects.create(
            book=book, price=price, currency="GBP", in_stock=True, observed_at=datetime(2026, 1, day, tzinfo=UTC)
        )
    PriceObservation.objects.create(book=other, price=None, currency=None, in_stock=False)

    body = client.get(f"/api/books/{book.pk}/prices?limit=1").json()

    assert (body["count"], body["previous"]) == (2, None)
    assert body["results"] == [
        {"observed_at": "2026-01-03T00:00:00Z", "price": "12.50", "currency": "GBP", "in_stock": True}
    ]
    assert client.get(f"/books/{book.pk}/prices").json()["count"] == 2
    assert client.get("/api/books/999/prices").status_code == 404


def test_authors_and_categories_are_listed_by_name(client: APIClient) -> None:
    make_book(authors=["zola", "Émile"], category=make_category("b"))
    make_category("A")

    assert [row["name"] for row in client.get("/api/authors").json()["results"]] == ["Émile", "zola"]
    assert [row["name"] for row in client.get("/api/categories?ordering=-name").json()["results"]] == ["b", "A"]
    assert [row["name"] for row in client.get("/api/authors?name=emi").json()["results"]] == ["Émile"]
