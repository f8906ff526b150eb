"""Each order and each filter that the list of books offers is served by an index: nothing is sorted or read whole."""

import pytest
from django.db import connection
from django.http import QueryDict

from books.filters import BookFilter
from books.models import Book
from core.pagination.keyset import Order
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db

ORDERS = [f"ordering={sign}{name}" for name in ("title", "price", "rating", "first_publish_year", "created_at")
          for sign in ("", "-")]  # fmt: skip
FILTERS = [
    "source=manual", "rating=3", "in_stock=true", "available=true", "available=false", "isbn=9780141182636",
    "min_price=10&ordering=price", "max_price=10&ordering=-price", "rating=3&ordering=-rating", "category=Travel",
    "author=Ann",
]  # fmt: skip


@pytest.fixture(autouse=True)
def books(db: None) -> None:
    for number in range(30):
        make_book(
            title=f"Book {number}", authors=[f"A{number}"], category=make_category(f"C{number}"), price=number or None,
            currency="GBP" if number else None, rating=number % 5 + 1, first_publish_year=1900 + number,
        )  # fmt: skip


def plan_of(query: str) -> str:
    """Of a few rows PostgreSQL would rather read all and sort them: here it may only where it must."""
    asked = BookFilter(QueryDict(query), queryset=Book.objects.order_by("pk"))
    assert asked.is_valid(), asked.errors
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
    return str(asked.qs[:11].explain())


@pytest.mark.parametrize("query", ORDERS)
def test_an_order_is_a_walk_along_an_index(query: str) -> None:
    plan = plan_of(query)

    assert "books_book" in plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort  (" not in plan.replace("Incremental Sort  (", ""), plan  # it sorts equal titles by their keys
    if connection.vendor == "postgresql":
        assert "Index" in plan and "Seq Scan on books_book" not in plan, plan  # noqa: PT018
    else:
        assert "USING INDEX" in plan, plan


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_looks_at_an_index(query: str) -> None:
    plan = plan_of(query)

    assert "Seq Scan on books_book" not in plan, plan
    if connection.vendor == "sqlite":
        assert "SEARCH books_book USING" in plan or "USING INDEX book_missing" in plan, plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses its walks by its statistics")
def test_many_rows_are_walked_along_their_order_and_few_are_looked_up() -> None:
    asked = BookFilter(QueryDict("rating=2&min_price=2&ordering=price"), queryset=Book.objects.order_by("pk")).qs

    many = next(Order(asked, lambda _: None).stretches(None)).explain()
    few = next(Order(asked, lambda _: [1, 2, 3]).stretches(None)).explain()

    assert "SEARCH books_book USING INDEX book_by_price (price>?)" in many.replace("COVERING ", ""), many
    assert "TEMP B-TREE" not in many
    assert "SEARCH books_book USING INTEGER PRIMARY KEY" in few
