"""Keyset pagination: rows beyond a position, forwards and backwards, with NULLs last."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from books.models import Book
from core.pagination.keyset import KeysetOrdering, slice_ranges

ORDERINGS: dict[str, list[Any]] = {
    "key": ["pk"],
    "key, descending": ["-pk"],
    "rating": [F("rating").asc(nulls_last=True), "pk"],
    "rating, descending": [F("rating").desc(nulls_last=True), "-pk"],
}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("terms", ORDERINGS.values(), ids=list(ORDERINGS))
def test_positions_beyond_each_row(terms: list[Any]) -> None:
    rows = Book.objects.order_by(*terms)
    ordering, expected = KeysetOrdering(rows), list(rows.values_list("pk", flat=True))
    positions = ordering.positions(None, limit=len(expected))

    for index, position in enumerate(positions):
        following = ordering.positions(position, limit=3)
        preceding = ordering.positions(position, limit=3, backwards=True)
        skipped = ordering.positions(position, skip=4, limit=3)
        assert [each[-1] for each in following] == expected[index + 1 : index + 4]
        assert [each[-1] for each in preceding] == expected[max(0, index - 3) : index][::-1]
        assert [each[-1] for each in skipped] == expected[index + 5 : index + 8]


def test_each_range_is_one_comparison() -> None:
    ordering = KeysetOrdering(Book.objects.order_by(F("rating").asc(nulls_last=True), "pk"))

    conditions = [str(rows.query).split("WHERE ")[1].split(" ORDER")[0] for rows in ordering.ranges((2, 7))]

    assert [" OR " in condition for condition in conditions] == [False] * 3
    assert [condition.count(" AND ") for condition in conditions] == [1, 0, 0]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (["title"], "does not end with the primary key"),
        (["pk", "title"], "does not end with the primary key"),
        ([Upper("title").asc(), "pk"], "only fields can be ordering terms"),
        ([Value(1), "pk"], "only fields can be ordering terms"),
    ],
)
def test_other_orderings_are_rejected(terms: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        KeysetOrdering(Book.objects.order_by(*terms))


@pytest.mark.usefixtures("books")
def test_ranges_are_evaluated_only_as_far_as_needed() -> None:
    first, second = Book.objects.order_by("pk")[:30], Book.objects.order_by("pk")[30:]

    with CaptureQueriesContext(connection) as queries:
        rows = slice_ranges([first, second], 5, 10)

    assert rows == list(Book.objects.order_by("pk")[5:15])
    assert len(queries) == 1


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(("skip", "limit"), [(0, 60), (5, 30), (29, 2), (30, 5), (45, 30), (60, 1)])
def test_slices_of_several_ranges(skip: int, limit: int) -> None:
    keys = list(Book.objects.order_by("pk").values_list("pk", flat=True))
    ranges = [Book.objects.filter(pk__in=part).order_by("pk") for part in (keys[:30], [], keys[30:31], keys[31:])]

    assert [row.pk for row in slice_ranges(ranges, skip, limit)] == keys[skip : skip + limit]
