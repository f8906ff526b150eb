"""Fixtures: a book with one observed price, and one whose price has changed."""

import pytest

from books.models import Book
from tests.support.prices import ingest_price


@pytest.fixture
def book() -> Book:
    ingest_price("10.00")
    return Book.objects.get()


@pytest.fixture
def repriced_book(book: Book) -> Book:
    """Observed at 10.00, at 40.00, and at 40.00 out of stock. Both prices passed the plausibility check."""
    ingest_price("40.00")
    ingest_price("40.00", in_stock=False)
    book.refresh_from_db()
    return book
