"""An index serves each ordering and each filter of the list of books: nothing is sorted or scanned completely."""

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.api.pagination import CataloguePagination
from books.filters import BookFilter
from books.models import Book
from core.db.statistics import update_statistics
from tests.support.factories import make_book, make_category
from tests.support.responses import titles

pytestmark = pytest.mark.django_db

ORDERINGS = [f"ordering={sign}{name}" for name in ("title", "price", "rating", "first_publish_year", "created_at",
                                                 "updated_at", "change_percent")
             for sign in ("", "-")]  # fmt: skip
FILTERS = [
    "source=manual", "rating=3", "in_stock=true", "available=true", "available=false", "isbn=9780141182636",
    "min_price=10&ordering=price", "max_price=10&ordering=-price", "rating=3&ordering=-rating", "category=Travel",
    "author=Ann", "updated_since=2026-05-03&ordering=updated_at", "dropped_since=2026-05-03",
]  # fmt: skip


@pytest.fixture
def books() -> None:
    for number in range(30):
        make_book(
            title=f"Book {number}", authors=[f"A{number}"], category=make_category(f"C{number}"), price=number or None,
            currency="GBP" if number else None, rating=number % 5 + 1, first_publish_year=1900 + number,
        )  # fmt: skip


def filter_books(query: str) -> QuerySet[Book]:
    """The first page of a list."""
    book_filter = BookFilter(QueryDict(query), queryset=Book.objects.order_by("pk"))
    assert book_filter.is_valid(), book_filter.errors
    page: QuerySet[Book] = book_filter.qs[:11]
    return page


def explain(query: str) -> str:
    """The plan. PostgreSQL would scan and sort a table of thirty rows, so it may do that only if it has to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
    return filter_books(query).explain()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("query", ORDERINGS)
def test_orderings_are_read_along_an_index(query: str) -> None:
    plan = explain(query)

    if connection.vendor == "postgresql":
        assert "Index" in plan, plan
        assert "Seq Scan on books_book" not in plan, plan
        assert "Sort  (" not in plan.replace("Incremental Sort  (", ""), plan  # equal titles are sorted by their keys
    else:
        assert "USING INDEX" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("query", FILTERS)
def test_filters_search_an_index(query: str) -> None:
    plan = explain(query)

    if connection.vendor == "postgresql":
        assert "Seq Scan on books_book" not in plan, plan
    else:
        assert "SEARCH books_book USING" in plan or "USING INDEX book_missing" in plan, plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL collects its statistics itself")
def test_statistics_make_sqlite_scan_the_ordering_index() -> None:
    Book.objects.bulk_create(
        Book(title=f"T{number:04}", title_key=f"t{number:04}", source_key=f"k{number}", rating=number % 5 + 1)
        for number in range(3_000)
    )
    rows = filter_books("rating=3&ordering=title").values("pk")
    assert "TEMP B-TREE" in rows.explain()

    update_statistics()

    assert "TEMP B-TREE" not in rows.explain()
    assert "book_by_title_key" in rows.explain()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(("max_sorted", "is_sorted"), [(6, True), (5, False)])
def test_few_filtered_books_are_sorted(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, max_sorted: int, is_sorted: bool
) -> None:
    """Six books have the rating. If more rows match than may be sorted, the ordering's index is scanned."""
    monkeypatch.setattr(CataloguePagination, "max_sorted", max_sorted)

    with CaptureQueriesContext(connection) as queries:
        assert len(titles(client.get("/api/books?rating=3&ordering=title"))) == 6

    subqueries = [query["sql"] for query in queries if f"LIMIT {max_sorted})" in query["sql"]]
    assert bool(subqueries) is is_sorted, queries.captured_queries


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("max_counted", [10_000, 10])
def test_pages_past_the_end_of_a_ranked_search_scan_no_titles(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, max_counted: int
) -> None:
    monkeypatch.setattr(BookFilter, "max_sorted", 5)  # thirty hits are ranked
    monkeypatch.setattr(CataloguePagination, "max_counted", max_counted)
    assert len(titles(client.get("/api/books/search?title=book&page=3"))) == 10

    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/books/search?title=book&page=4").status_code == 404
        assert client.get("/api/books?title=book&page=99999").status_code == 404

    assert not [query["sql"] for query in queries if 'ORDER BY "books_book"."title_key"' in query["sql"]]
