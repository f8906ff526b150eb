"""Loads the markets of watches with a fixed number of queries."""

from collections.abc import Collection
from typing import Any

from books.models import Book, PriceObservation
from books.prices.ranges import load_ranges, merge_ranges
from books.works import find_rows
from core.batches import batches
from users.models import WatchScope
from users.watches.market import Market, Offer

MarketKey = tuple[int, str]  # a book and a scope
BATCH = 10_000  # ids in a query
OFFER_FIELDS = (
    "book", "book__title", "book__missing_since", "book__tracked_currency", "book__previous_price",
    "pk", "observed_at", "price", "currency", "availability",
)  # fmt: skip


def load_markets(wanted: Collection[MarketKey], *, new: Collection[int] = ()) -> dict[MarketKey, Market]:
    """The market of each book and scope. `new` are the books whose statements are being evaluated."""
    rows = find_rows({book for book, scope in wanted if scope == WatchScope.WORK})
    books = {book for book, _ in wanted}.union(*rows.values())
    offers = load_offers(books, new=new)
    ranges = load_ranges(offers)
    markets = {}
    for book, scope in wanted:
        members = rows[book] if scope == WatchScope.WORK else [book]
        markets[book, scope] = Market(
            [offers[each] for each in members if each in offers], merge_ranges(ranges.get(each, {}) for each in members)
        )
    return markets


def load_offers(books: Collection[int], *, new: Collection[int] = ()) -> dict[int, Offer]:
    """The latest statement about each book. Left out are books without any, and those of sources whose first crawl was
    not accepted yet.
    """
    offers: dict[int, Offer] = {}
    for keys in batches(books, BATCH):
        accepted = Book.objects.without_provisional().filter(pk__in=keys)
        rows = PriceObservation.objects.newest_of(accepted).values_list(*OFFER_FIELDS)
        offers |= {row[0]: _to_offer(row, is_new=row[0] in new) for row in rows}
    return offers


def _to_offer(row: tuple[Any, ...], *, is_new: bool) -> Offer:
    book, title, missing_since, tracked_currency, previous, observation, observed_at, price, currency, availability = (
        row
    )
    return Offer(
        book=book, title=title, observation=observation, observed_at=observed_at, price=price, currency=currency,
        previous=previous if currency == tracked_currency else None, tracked_currency=tracked_currency,
        availability=availability,
        is_listed=missing_since is None, is_new=is_new,
    )  # fmt: skip
