"""What a list shows of a book is what its serializer says of it."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.api.book_rows import shown
from books.api.serializers import BookSerializer
from books.models import Author, Authorship, Book, Source
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> list[Book]:
    full: dict[str, Any] = {
        "title": "Été", "upc": "1", "isbn_13": "9780141182636", "work_key": "OL1W", "first_publish_year": -20,
        "price": "51.70", "currency": "GBP", "in_stock": False, "stock": 0, "rating": 5, "source_key": "a",
        "source": Source.BOOKS_TO_SCRAPE, "cover_url": "https://shop.example/a.jpg",
        "product_url": "https://shop.example/a", "missing_since": "2026-01-02T03:04:05.000006Z",
    }  # fmt: skip
    first = make_book(authors=["Bea"], category=make_category("Poetry"), **full)
    first.refresh_from_db()
    Authorship.objects.create(book=first, author=Author.objects.create(name="Ann"), position=0)
    return [make_book(title="Bare"), first, make_book(title="In stock", in_stock=True, price="0.50", currency="EUR")]


def test_a_list_shows_what_the_serializer_declares(client: APIClient, books: list[Book]) -> None:
    declared = BookSerializer(Book.objects.listed().order_by("pk"), many=True).data
    listed = client.get("/api/books").json()["results"]

    assert [client.get(f"/api/books/{book['id']}").json().items() >= book.items() for book in listed] == [True] * 3
    assert [list(book) for book in listed] == [list(book) for book in declared]
    assert [book["authors"] for book in listed] == [book["authors"] for book in declared]


def test_books_stand_in_the_order_of_their_keys(books: list[Book]) -> None:
    keys = [books[2].pk, 0, books[0].pk]

    assert [book["id"] for book in shown(keys)] == [books[2].pk, books[0].pk]
    assert shown([]) == []
