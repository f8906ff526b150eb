"""The price changes and summaries that follow from the observations of a batch."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from books.ingest.snapshot import Identity, Snapshot
from books.models import SUMMARY_FIELDS, Book, PriceObservation
from books.prices.changes import (
    EMPTY_SUMMARY,
    PriceSummary,
    StoredChange,
    extend_summary,
    find_change,
    summarize,
)
from books.records import BookRecord

Prices = list[tuple[datetime, Decimal]]


def find_stored_change(record: BookRecord, snapshot: Snapshot) -> StoredChange:
    return find_change((record.price, record.currency), snapshot.last_price(snapshot.books.get(record.identity)))


def stored_summary(book: Book | None) -> PriceSummary:
    return PriceSummary(**{name: getattr(book, name) for name in SUMMARY_FIELDS}) if book else EMPTY_SUMMARY


def summarize_observed(
    observed: Iterable[BookRecord], snapshot: Snapshot, now: datetime
) -> dict[Identity, PriceSummary]:
    """The summaries after these statements at the time `now`. Statements without a price change none."""
    priced = [record for record in observed if record.price is not None]
    earlier = _load_prices_of_new_currencies(priced, snapshot)
    return {record.identity: _summarize(record, snapshot, earlier, now) for record in priced}


def _summarize(
    record: BookRecord, snapshot: Snapshot, earlier: dict[tuple[int, str], Prices], now: datetime
) -> PriceSummary:
    assert record.price is not None
    assert record.currency is not None
    book = snapshot.books.get(record.identity)
    if book and book.tracked_currency != record.currency:
        return summarize([*earlier[book.pk, record.currency], (now, record.price)], record.currency)
    last, _ = snapshot.last_price(book)
    return extend_summary(stored_summary(book), (record.price, record.currency), now, last=last)


def _load_prices_of_new_currencies(
    priced: Iterable[BookRecord], snapshot: Snapshot
) -> defaultdict[tuple[int, str], Prices]:
    """The earlier prices in the stated currency, by book and currency, if the last price was in another one."""
    pairs = ((snapshot.books.get(record.identity), record.currency) for record in priced)
    books = [book.pk for book, currency in pairs if book and book.tracked_currency not in {None, currency}]
    prices: defaultdict[tuple[int, str], Prices] = defaultdict(list)
    if books:
        for each in PriceObservation.objects.filter(book__in=books).order_by("observed_at", "pk"):
            if each.price is not None and each.currency is not None:
                prices[each.book_id, each.currency].append((each.observed_at, each.price))
    return prices
