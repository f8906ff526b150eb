"""Reading the catalogue, at the canonical paths and at those of the earlier service."""

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
    "id", "title", "subtitle", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key",
    "first_publish_year",
    "price", "currency", "price_status", "in_stock", "availability", "stock", "rating", "cover_url", "product_url",
    "previous_price", "change_percent", "price_changed_at", "lowest_price", "lowest_on", "highest_price",
    "tracked_since", "tracked_currency",
    "is_published", "missing_since", "last_checked_at", "created_at", "updated_at",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/books", "/api/books", "/books/", "/api/books/"])
def test_pages_of_books(client: APIClient, path: str) -> None:
    for number in range(25):
        make_book(title=f"Book {number:02}")

    response = client.get(path, {"page": 2, "limit": 10})

    body = response.json()
    assert titles(response) == [f"Book {number}" for number in range(10, 20)]
    assert body["count"] == 25
    assert body["next"] == f"http://testserver{path}?limit=10&page=3"
    assert body["previous"] == f"http://testserver{path}?limit=10"
    assert titles(client.get(body["next"])) == [f"Book {number}" for number in range(20, 25)]


def test_the_fields_of_a_book_in_a_list(client: APIClient) -> None:
    category = make_category("Poetry")
    make_book(
        title="Odes", authors=["Zoe", "Ann"], category=category, price=Decimal("51.7"), currency="GBP", in_stock=True
    )

    (book,) = client.get("/api/books").json()["results"]

    assert set(book) == LIST_FIELDS
    assert [author["name"] for author in book["authors"]] == ["Zoe", "Ann"]  # in the order of the book
    assert book["category"] == {"id": category.pk, "name": "Poetry"}
    assert (book["price"], book["currency"], book["rating"]) == ("51.70", "GBP", None)
    assert book["created_at"].endswith("Z")


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_single_book_includes_its_description(client: APIClient, prefix: str) -> None:
    book = make_book(description="A story.", languages=["eng"])

    body = client.get(f"{prefix}/books/{book.pk}").json()

    assert set(body) == LIST_FIELDS | {"description", "languages"}
    assert (body["description"], body["languages"]) == ("A story.", ["eng"])


@pytest.mark.parametrize("key", ["0", "999999", "9" * 40])
def test_unknown_books(client: APIClient, key: str) -> None:
    response = client.get(f"/books/{key}")

    assert response.status_code == 404
    assert response.json()["detail"] == "Book not found"


def test_an_empty_catalogue_has_one_empty_page(client: APIClient) -> None:
    empty_page: dict[str, Any] = {"count": 0, "count_is_exact": True, "next": None, "previous": None, "results": []}
    assert client.get("/books").json() == empty_page
    assert client.get("/books?page=2").status_code == 404


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/books?limit=30", 4),  # the version, the keys, the books with their categories, the authors
        # The hits' titles in place of the keys; on SQLite their ids before.
        ("/api/books/search?title=book&limit=30", 5 if connection.vendor == "sqlite" else 4),
    ],
)
def test_a_list_needs_a_fixed_number_of_queries(client: APIClient, path: str, expected: int) -> None:
    def count_queries(*, books: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(titles(client.get(path))) == books
        return len(queries)

    for _ in range(3):
        make_book(authors=["A", "B"], category=make_category())
    count_queries(books=3)  # the first search of a process reads a sample of the titles
    before = count_queries(books=3)
    for number in range(27):
        make_book(authors=["A", "B", "C"], category=make_category(f"C{number}"))

    assert count_queries(books=30) == before == expected


def test_links_quote_queries_that_were_not_quoted(client: APIClient) -> None:
    """Some clients send UTF-8 bytes unquoted; WSGI decodes them as Latin-1."""
    for _ in range(3):
        make_book(title="Café")
    query = "limit=2&title=café".encode().decode("latin-1")

    next_page = client.get("/books/search", QUERY_STRING=query).json()["next"]

    assert titles(client.get(next_page)) == ["Café"]


def test_search_results_repeat_the_search_text(client: APIClient) -> None:
    make_book(title="Full Moon over Noah’s Ark: A Travel")
    make_book(title="Neither Here nor There")

    for prefix in ("", "/api"):
        body = client.get(f"{prefix}/books/search?title=TRAVEL").json()
        assert list(body) == ["search", "count", "count_is_exact", "next", "previous", "results"]
        assert (body["search"], body["count"]) == ("TRAVEL", 1)


@pytest.mark.parametrize("query", ["", "title=", "title=%20", "title=%00"])
def test_search_requires_a_title(client: APIClient, query: str) -> None:
    response = client.get(f"/books/search?{query}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "title"


def test_prices_are_listed_newest_first(client: APIClient) -> None:
    book, other = make_book(), make_book()
    for day, price in ((1, "10.00"), (3, "12.50")):
        PriceObservation.objects.create(
            book=book,
            price=price,
            currency="GBP",
            availability="in_stock",
            stock=day,
            observed_at=datetime(2026, 1, day, tzinfo=UTC),
        )
    PriceObservation.objects.create(book=other, price=None, currency=None, availability="out_of_stock")

    body = client.get(f"/api/books/{book.pk}/prices?limit=1").json()

    assert (body["count"], body["previous"]) == (2, None)
    assert body["results"] == [
        {
            "observed_at": "2026-01-03T00:00:00Z", "price": "12.50", "currency": "GBP", "in_stock": True,
            "availability": "in_stock", "stock": 3,
        }
    ]  # fmt: skip
    assert client.get(f"/books/{book.pk}/prices").json()["count"] == 2
    assert client.get("/api/books/999/prices").status_code == 404


def test_authors_and_categories_are_sorted_by_name(client: APIClient) -> None:
    make_book(authors=["zola", "Émile"], category=make_category("b"))
    make_category("A")

    assert [row["name"] for row in client.get("/api/authors").json()["results"]] == ["Émile", "zola"]
    assert [row["name"] for row in client.get("/api/categories?ordering=-name").json()["results"]] == ["b", "A"]
    assert [row["name"] for row in client.get("/api/authors?name=emi").json()["results"]] == ["Émile"]
