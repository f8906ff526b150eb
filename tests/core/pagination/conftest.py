"""Rows for tests of pagination: books, because core has no table of its own to page through."""

import random

import pytest

from books.models import Book


@pytest.fixture
def books(db: None) -> None:
    """60 books with many equal ratings and many NULLs."""
    chance = random.Random(1)
    Book.objects.bulk_create(
        Book(title="T", title_key="t", source_key=str(number), rating=chance.choice([None, 1, 2]))
        for number in range(60)
    )
