"""Splits rows into batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")


def batches(rows: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """Lists of at most `size` rows."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch
