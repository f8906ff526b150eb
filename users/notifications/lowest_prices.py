"""The lowest price that a message names: that of the watched book, or of all rows of a watched work."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Min

from books.models import PriceObservation
from books.works import PROVISIONAL, find_rows
from users.models import Notification, PriceWatch, WatchScope

CENT = Decimal("0.01")  # prices are stored with two decimals


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """The lowest of all accepted prices in the currency of the event."""

    price: Decimal
    since: datetime
    observations: int


class Range(NamedTuple):
    """The accepted prices of a book in one currency."""

    lowest: Decimal
    highest: Decimal
    since: datetime
    observations: int


def load_lowest_prices(notifications: Collection[Notification]) -> dict[int, LowestPrice]:
    """By the primary key of the notification. Left out are those whose price never changed."""
    rows = _find_rows(notifications)
    ranges = _load_ranges({book for books in rows.values() for book in books})
    found = {}
    for each in notifications:
        currency = each.payload["currency"] or ""
        found[each.pk] = _find_lowest([ranges[book][currency] for book in rows[each.pk] if currency in ranges[book]])
    return {pk: lowest for pk, lowest in found.items() if lowest}


def _find_rows(notifications: Collection[Notification]) -> dict[int, set[int]]:
    """The ids of the books whose prices the watch compares, by the primary key of the notification."""
    watches = PriceWatch.objects.filter(pk__in={each.watch_id for each in notifications}, scope=WatchScope.WORK)
    works = dict(watches.values_list("pk", "book"))
    rows = find_rows(set(works.values()))
    watched = {each.pk: works.get(each.watch_id or 0, 0) for each in notifications}
    return {each.pk: {each.payload["book"], *rows.get(watched[each.pk], ())} for each in notifications}


def _load_ranges(books: Collection[int]) -> dict[int, dict[str, Range]]:
    """By book and currency."""
    ranges: defaultdict[int, dict[str, Range]] = defaultdict(dict)
    accepted = PriceObservation.objects.filter(book__in=books).exclude(book__source__in=PROVISIONAL)
    rows = accepted.filter(price__isnull=False).order_by().values_list("book", "currency")
    for book, currency, *values in rows.annotate(Min("price"), Max("price"), Min("observed_at"), Count("pk")):
        ranges[book][currency] = Range(*values)
    return ranges


def _find_lowest(ranges: Sequence[Range]) -> LowestPrice | None:
    """None if there is no higher price."""
    if not ranges or min(each.lowest for each in ranges) == max(each.highest for each in ranges):
        return None
    return LowestPrice(
        min(each.lowest for each in ranges).quantize(CENT),  # SQLite aggregates decimals as floats
        min(each.since for each in ranges),
        sum(each.observations for each in ranges),
    )
