"""Cursors: signed positions of one ordering."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.db.models import F

from books.models import Book
from core.exceptions import InvalidParameters
from core.pagination.cursor import decode_cursor, encode_cursor
from core.pagination.keyset import KeysetOrdering


def make_ordering(*terms: Any) -> KeysetOrdering:
    return KeysetOrdering(Book.objects.order_by(*terms))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", Decimal("12.50")),
        ("price", None),
        ("created_at", datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("title_key", "été: 1"),
        ("rating", 3),
    ],
)
def test_cursors_keep_positions_exactly(field: str, value: Any, backwards: bool) -> None:
    ordering = make_ordering(F(field).asc(nulls_last=True), "pk")

    cursor = encode_cursor(ordering, (value, 7), backwards=backwards)

    assert decode_cursor(cursor, ordering) == (backwards, (value, 7))


def test_an_empty_cursor_is_the_start() -> None:
    assert decode_cursor("", make_ordering("pk")) == (False, None)


def test_cursors_of_another_ordering_are_rejected() -> None:
    cursor = encode_cursor(make_ordering("rating", "pk"), (3, 7), backwards=False)

    with pytest.raises(InvalidParameters) as caught:
        decode_cursor(cursor, make_ordering("price", "pk"))

    assert caught.value.detail == {
        "cursor": ["The cursor belongs to another ordering. Start again with an empty cursor."]
    }


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "a:b:c",
        signing.Signer(salt="another").sign_object([False, ["pk"], [7]]),
        signing.Signer(key="another", salt="books.cursor").sign_object([False, ["pk"], [7]]),
    ],
)
def test_cursors_that_the_service_did_not_sign_are_rejected(cursor: str) -> None:
    with pytest.raises(InvalidParameters) as caught:
        decode_cursor(cursor, make_ordering("pk"))

    assert caught.value.detail == {"cursor": ["Not a cursor of this service. Start again with an empty cursor."]}
