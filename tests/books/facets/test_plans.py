"""Facets are counted in indexes alone."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from books.facets import counted_options
from books.facets.catalogue_facets import build_facets
from books.filters import BookFilter
from books.models import Book
from core.db.statistics import update_statistics
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


def explain(statement: str) -> list[str]:
    """The steps of the plan that read books. PostgreSQL may scan its small table only if it has to."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} {statement}")
        steps = [str(row[-1]) for row in cursor.fetchall()]
    return [step for step in steps if "books_book" in step]


@pytest.mark.parametrize("bound", [3, 10_000])  # by each category, and grouped
@pytest.mark.parametrize(
    "query",
    [
        "", "category=Travel", "rating=3", "in_stock=true", "source=manual", "available=true", "max_price=10",
        "min_price=10&max_price=20", "category=Travel&rating=3", "source=manual&in_stock=false",
        "rating=3&max_price=20",
    ],
)  # fmt: skip
def test_facets_are_counted_in_covering_indexes(monkeypatch: pytest.MonkeyPatch, query: str, bound: int) -> None:
    monkeypatch.setattr(counted_options, "BOUND", bound)
    for number in range(30):
        make_book(category=make_category("Travel"), rating=3, in_stock=number % 2 == 0, price=number, currency="GBP")
    update_statistics()

    with CaptureQueriesContext(connection) as queries:
        build_facets(BookFilter(QueryDict(query), queryset=Book.objects.published()))

    statements = [sql for captured in queries if "COUNT(*)" in (sql := captured["sql"])]
    assert len(statements) == 2
    steps = [step for statement in statements for step in explain(statement)]
    if connection.vendor == "sqlite":
        assert [step for step in steps if "COVERING INDEX" not in step] == []
    else:  # without VACUUM, reading the index alone is no cheaper
        assert [step for step in steps if "Seq Scan" in step] == []
