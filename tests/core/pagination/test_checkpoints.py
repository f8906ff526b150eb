"""The position index of a list: rows at any offset, found from remembered positions."""

import random
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from books.models import Book
from core.pagination.checkpoints import PositionIndex
from core.pagination.keyset import KeysetOrdering

pytestmark = pytest.mark.usefixtures("books")

COUNT = 60
ORDERINGS: dict[str, list[Any]] = {
    "key": ["pk"],
    "rating": [F("rating").asc(nulls_last=True), "pk"],
    "rating, descending": [F("rating").desc(nulls_last=True), "-pk"],
}


@pytest.mark.parametrize("terms", ORDERINGS.values(), ids=list(ORDERINGS))
def test_rows_at_any_offset(terms: list[Any]) -> None:
    rows = Book.objects.order_by(*terms)
    expected = list(rows.values_list("pk", flat=True))
    index = PositionIndex(COUNT, stride=7)

    for start in random.Random(1).sample(range(COUNT + 5), COUNT):
        assert index.find_keys(KeysetOrdering(rows), start, 3) == expected[start : start + 3]


@pytest.mark.parametrize(("start", "expected"), [(3, slice(3, 6)), (8, slice(8, 10)), (20, slice(0, 0))])
def test_an_outdated_count(start: int, expected: slice) -> None:
    """Rows were deleted after the list was counted: offsets near the start are right, others are empty."""
    rows = Book.objects.order_by("pk")
    Book.objects.filter(pk__in=rows.values_list("pk", flat=True)[10:]).delete()
    remaining = list(rows.values_list("pk", flat=True))

    keys = PositionIndex(COUNT, stride=7).find_keys(KeysetOrdering(rows), start, 3)

    assert keys == remaining[expected]


def count_queries(index: PositionIndex, start: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        index.find_keys(KeysetOrdering(Book.objects.order_by("pk")), start, 3)
    return len(queries)


@pytest.mark.parametrize(("start", "scans"), [(0, 0), (6, 0), (7, 1), (28, 4), (33, 4), (58, 8)])
def test_each_stride_needs_one_scan(start: int, scans: int) -> None:
    assert count_queries(PositionIndex(COUNT, stride=7), start) == scans + 1


def test_checkpoints_shorten_the_next_scan() -> None:
    index = PositionIndex(COUNT, stride=7)
    assert count_queries(index, 28) > 1

    assert count_queries(index, 25) == 1
