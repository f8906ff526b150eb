"""The lowest and the highest accepted price of books."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min

from books.models import PriceObservation
from core.batches import batches

BATCH = 10_000  # ids in a query
CENT = Decimal("0.01")  # observations have two decimals in every currency


@dataclass(frozen=True, slots=True)
class PriceRange:
    """The accepted prices in one currency since `since`."""

    lowest: Decimal
    highest: Decimal
    since: datetime
    observations: int

    def __add__(self, other: "PriceRange") -> "PriceRange":
        return PriceRange(
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            min(self.since, other.since),
            self.observations + other.observations,
        )


def load_ranges(books: Iterable[int]) -> dict[int, dict[str, PriceRange]]:
    """The range of the accepted prices of each book, by currency."""
    ranges: defaultdict[int, dict[str, PriceRange]] = defaultdict(dict)
    for book, currency, lowest, highest, since, number in _query_ranges(books):
        # SQLite returns 38 for 38.00.
        ranges[book][currency] = PriceRange(lowest.quantize(CENT), highest.quantize(CENT), since, number)
    return ranges


def _query_ranges(books: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    for keys in batches(books, BATCH):
        priced = PriceObservation.objects.filter(book__in=keys, price__isnull=False).order_by()
        yield from priced.values_list("book", "currency").annotate(
            Min("price"), Max("price"), Min("observed_at"), Count("pk")
        )


def merge_ranges(ranges: Iterable[dict[str, PriceRange]]) -> dict[str, PriceRange]:
    """The ranges of several books, by currency."""
    merged: dict[str, PriceRange] = {}
    for each in ranges:
        for currency, found in each.items():
            merged[currency] = merged[currency] + found if currency in merged else found
    return merged
