"""Filtered rows that are few are found by their keys."""

import pytest
from django.db import connection
from django.db.models import F, Q

from books.models import Book
from core.pagination.small_results import needs_probe, restrict_to_keys

FILTERED = Book.objects.filter(rating=2)


def test_only_filtered_lists_in_another_order_are_probed() -> None:
    assert needs_probe(FILTERED.order_by("title_key", "pk"))
    assert not needs_probe(FILTERED.order_by("pk"))
    assert not needs_probe(FILTERED.order_by("-pk"))
    assert not needs_probe(Book.objects.order_by("title_key", "pk"))


def test_columns_that_select_nearly_all_rows_are_no_filters() -> None:
    published = Book.objects.published().order_by("title_key", "pk")

    assert not needs_probe(published, ignored={"is_published"})
    assert needs_probe(published.filter(rating=2), ignored={"is_published"})
    assert needs_probe(published.filter(Q(rating=2) | Q(rating=3)), ignored={"is_published"})


@pytest.mark.usefixtures("books")
def test_restricted_rows_are_the_same_in_the_same_order() -> None:
    rows = FILTERED.order_by(F("created_at").desc(), "-pk")
    assert rows

    restricted = restrict_to_keys(rows, maximum=rows.count())

    assert list(restricted) == list(rows)
    if connection.vendor == "sqlite":
        assert "SEARCH books_book USING INTEGER PRIMARY KEY" in restricted.explain()
