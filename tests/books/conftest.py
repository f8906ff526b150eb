"""A book with a price, and one whose price somebody doubts."""

import pytest

from books.models import Book
from tests.support.prices import said


@pytest.fixture
def book() -> Book:
    said("10.00")
    return Book.objects.get()


@pytest.fixture
def doubtful(book: Book) -> Book:
    """10.00, then twice what somebody will not believe, though it is not odd."""
    said("40.00")
    said("40.00", in_stock=False)
    book.refresh_from_db()
    return book
