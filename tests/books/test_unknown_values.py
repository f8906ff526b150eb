"""A book with only a title: other values are null, and nothing fails."""

import pytest
from rest_framework.test import APIClient

from books.ingest import ingest
from books.models import Book
from books.records import BookRecord
from tests.support.exports import read_export
from tests.support.factories import make_book
from tests.support.responses import titles

pytestmark = pytest.mark.django_db
UNKNOWN = (
    "category", "upc", "isbn_13", "work_key", "first_publish_year", "price", "currency", "price_status", "in_stock",
    "stock", "rating", "cover_url", "product_url", "description",
)  # fmt: skip


@pytest.fixture
def bare_book() -> Book:
    ingest([BookRecord(source="woo", source_key="1", title="Bare")])
    return Book.objects.get()


def test_the_api_states_null(client: APIClient, bare_book: Book) -> None:
    body = client.get(f"/api/books/{bare_book.pk}").json()

    assert {name: body[name] for name in UNKNOWN} == dict.fromkeys(UNKNOWN)
    assert client.get(f"/api/books/{bare_book.pk}/prices").json()["results"] == []


@pytest.mark.parametrize("field", ["title", "price", "rating", "first_publish_year", "created_at"])
def test_it_is_in_lists_of_every_ordering(client: APIClient, bare_book: Book, field: str) -> None:
    make_book(title="Other", price=1, currency="GBP", rating=1, first_publish_year=1900)

    for ordering in (field, f"-{field}"):
        assert sorted(titles(client.get(f"/api/books?ordering={ordering}"))) == ["Bare", "Other"]


@pytest.mark.parametrize("query", ["in_stock=true", "in_stock=false", "rating=1", "min_price=0", "max_price=99"])
def test_filters_of_unknown_values_exclude_it(client: APIClient, bare_book: Book, query: str) -> None:
    assert titles(client.get(f"/api/books?{query}")) == []


def test_the_admin_shows_it(staff_client: APIClient, bare_book: Book) -> None:
    for path in ("", f"{bare_book.pk}/change/", f"{bare_book.pk}/history/"):
        assert staff_client.get(f"/admin/books/book/{path}").status_code == 200


def test_the_export_leaves_unknown_cells_empty(client: APIClient, bare_book: Book) -> None:
    [row] = read_export(client.get("/api/books/export"))

    assert {row[name] for name in UNKNOWN} == {""}


def test_a_library_lists_it(member_client: APIClient, bare_book: Book) -> None:
    assert member_client.post("/api/library", {"book": bare_book.pk}).status_code == 201

    [entry] = member_client.get("/api/library?ordering=title").json()["results"]
    assert {entry["book"][name] for name in UNKNOWN if name in entry["book"]} == {None}
