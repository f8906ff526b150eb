"""Books in a list have the same fields and values as the serializer declares."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.api.serializers import BookSerializer
from books.book_rows import load_book_rows
from books.models import Author, Authorship, Book, HeldPrice, LastCheck
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> list[Book]:
    fields: dict[str, Any] = {
        "title": "Été", "upc": "1", "isbn_13": "9780141182636", "work_key": "OL1W", "first_publish_year": -20,
        "price": "51.70", "currency": "GBP", "in_stock": False, "stock": 0, "rating": 5, "source_key": "a",
        "source": "books_to_scrape", "cover_url": "https://shop.example/a.jpg",
        "product_url": "https://shop.example/a", "missing_since": "2026-01-02T03:04:05.000006Z",
    }  # fmt: skip
    complete = make_book(authors=["Bea"], category=make_category("Poetry"), **fields)
    complete.refresh_from_db()
    Authorship.objects.create(book=complete, author=Author.objects.create(name="Ann"), position=0)
    LastCheck.objects.create(book=complete, at="2026-02-03T04:05:06.000007Z")
    HeldPrice.objects.create(book=complete, price="1.00", currency="GBP")
    return [make_book(title="Bare"), complete, make_book(title="In stock", in_stock=True, price="0.50", currency="EUR")]


@pytest.mark.usefixtures("books")
def test_rows_equal_the_output_of_the_serializer(client: APIClient) -> None:
    serialized = BookSerializer(Book.objects.listed().order_by("pk"), many=True).data

    rows = client.get("/api/books").json()["results"]

    assert len(rows) == 3
    assert [list(row) for row in rows] == [list(book) for book in serialized]
    assert rows == [dict(book) for book in serialized]


@pytest.mark.usefixtures("books")
def test_rows_equal_single_books(client: APIClient) -> None:
    for row in client.get("/api/books").json()["results"]:
        book = client.get(f"/api/books/{row['id']}").json()
        assert {name: book[name] for name in row} == row


def test_rows_are_in_the_order_of_their_keys(books: list[Book]) -> None:
    missing_key = 0
    keys = [books[2].pk, missing_key, books[0].pk]

    assert [row["id"] for row in load_book_rows(keys)] == [books[2].pk, books[0].pk]
    assert load_book_rows([]) == []
