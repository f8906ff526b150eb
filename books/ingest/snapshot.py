"""The current rows of the books in a batch of records."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Max, QuerySet

from books.models import Authorship, Book, CuratedField, HeldPrice, PriceObservation
from books.models.price import PriceStatement
from books.records import BookRecord
from core.db.bulk import find_ids

IDENTITY = ("source", "source_key")
Identity = tuple[str, str]
PriceAndCurrency = tuple[Decimal | None, str | None]
UNKNOWN_PRICE: PriceAndCurrency = (None, None)
Row = TypeVar("Row", CuratedField, HeldPrice, Authorship)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Books by identity, and related rows by the id of their book.

    `last_prices` are the newest observed prices, which are older than the newest observations of books without a price.
    """

    books: dict[Identity, Book]
    latest_observations: dict[int, PriceObservation]
    last_prices: dict[int, PriceAndCurrency]
    curated: dict[int, list[CuratedField]]
    held: dict[int, list[HeldPrice]]
    authorships: dict[int, list[Authorship]]

    def curated_fields(self, book: Book | None) -> set[str]:
        return {each.field for each in self.curated.get(book.pk, ())} if book else set()

    def last_price(self, book: Book | None) -> PriceAndCurrency:
        return self.last_prices.get(book.pk, UNKNOWN_PRICE) if book else UNKNOWN_PRICE

    def held_states(self, book: Book | None) -> dict[PriceStatement, str]:
        """The book's pending and dismissed prices with their state."""
        return {each.statement: each.state for each in self.held.get(book.pk, ())} if book else {}


def load_snapshot(batch: Collection[BookRecord], *, lock: bool) -> Snapshot:
    """Loads the rows with a fixed number of queries; `lock` locks the books for the transaction."""
    books = _load_books(batch, lock=lock)
    ids = [book.pk for book in books.values()]
    latest = _load_latest_observations(ids)
    return Snapshot(
        books=books,
        latest_observations=latest,
        last_prices=_load_last_prices(latest.values()),
        curated=_group_by_book(CuratedField.objects.filter(book__in=ids)),
        held=_group_by_book(HeldPrice.objects.pending_or_dismissed().filter(book__in=ids)),
        authorships=_group_by_book(Authorship.objects.filter(book__in=ids).select_related("author")),
    )


def _load_books(batch: Iterable[BookRecord], *, lock: bool) -> dict[Identity, Book]:
    ids = find_ids(Book, IDENTITY, [record.identity for record in batch])
    books = Book.objects.select_related("category").filter(pk__in=ids.values())
    if lock:
        books = books.select_for_update(no_key=True, of=("self",)).order_by("pk")  # a common order prevents deadlocks
    return {(book.source, book.source_key): book for book in books}


def _group_by_book(rows: QuerySet[Row, Any]) -> dict[int, list[Row]]:
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.book_id].append(row)
    return grouped


def _load_latest_observations(books: list[int]) -> dict[int, PriceObservation]:
    newest = Max("observations__pk")
    keys = Book.objects.filter(pk__in=books).annotate(newest=newest).values("newest")
    return {each.book_id: each for each in PriceObservation.objects.filter(pk__in=keys)}


def _load_last_prices(latest: Collection[PriceObservation]) -> dict[int, PriceAndCurrency]:
    """The prices of the latest observations, or the ones before them if the source states no price now."""
    prices = {each.book_id: (each.price, each.currency) for each in latest}
    unpriced = [each.book_id for each in latest if each.price is None]
    if unpriced:
        priced = PriceObservation.objects.filter(book__in=unpriced, price__isnull=False).order_by("pk")
        prices |= {book: (price, currency) for book, price, currency in priced.values_list("book", "price", "currency")}
    return prices
