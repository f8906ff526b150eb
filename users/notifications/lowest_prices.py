"""The lowest price that a message names: that of the watched book, or of all rows of a watched work."""

from collections.abc import Collection

from books.models import Book
from books.prices.ranges import PriceRange, load_ranges, merge_ranges
from books.works import find_rows
from users.models import Notification, PriceWatch, WatchScope


def load_lowest_prices(notifications: Collection[Notification]) -> dict[int, PriceRange]:
    """By the primary key of the notification, in the currency of its event. Left out are prices that never changed."""
    rows = _find_rows(notifications)
    accepted = Book.objects.without_provisional().filter(pk__in={book for books in rows.values() for book in books})
    ranges = load_ranges(accepted.values_list("pk", flat=True))
    found = {
        each.pk: merge_ranges(ranges.get(book, {}) for book in rows[each.pk]).get(each.payload["currency"] or "")
        for each in notifications
    }
    return {pk: prices for pk, prices in found.items() if prices and prices.lowest < prices.highest}


def _find_rows(notifications: Collection[Notification]) -> dict[int, set[int]]:
    """The ids of the books whose prices the watch compares, by the primary key of the notification."""
    watches = PriceWatch.objects.filter(pk__in={each.watch_id for each in notifications}, scope=WatchScope.WORK)
    works = dict(watches.values_list("pk", "book"))
    rows = find_rows(set(works.values()))
    watched = {each.pk: works.get(each.watch_id or 0, 0) for each in notifications}
    return {each.pk: {each.payload["book"], *rows.get(watched[each.pk], ())} for each in notifications}
