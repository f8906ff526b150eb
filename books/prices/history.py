"""The price history of a book, one for each currency, from its observations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import takewhile

from django.utils.timezone import localtime

from books.availability import SOLD_OUT, Availability, describe
from books.models import HeldPrice, PriceObservation
from books.prices.stock import StockPoint, clip_stock, group_stock


@dataclass(frozen=True, kw_only=True)
class Observation:
    """The statement of a source at `time`. Price and currency are both None if it stated no price."""

    time: datetime
    price: Decimal | None = None
    currency: str | None = None
    availability: str = Availability.UNKNOWN
    stock: int | None = None

    @property
    def availability_text(self) -> str:
        return describe(self.availability, self.stock)

    @property
    def copies(self) -> int | None:
        return 0 if self.availability in SOLD_OUT else self.stock


@dataclass(frozen=True)
class PricePoint:
    """A price that was valid from `start` to `end`, the time of the next observation or the time of the query."""

    start: datetime
    end: datetime
    price: Decimal
    availability: str

    @property
    def value(self) -> Decimal:
        return self.price


@dataclass(frozen=True)
class SoldOutSpan:
    """`end` is None if the book is still sold out."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class PriceChange:
    """The latest change: `difference` is the price since `time` minus the different price before it."""

    difference: Decimal
    previous: Decimal
    time: datetime


@dataclass(frozen=True)
class PriceHistory:
    """The prices in one currency, in time order, at least one.

    `current` is None if the newest observation has no price or one in another currency. `end` is the time of the query,
    or the end of the last price if the book has later prices in another currency. `stock` has the numbers of copies
    in this period.
    """

    currency: str
    points: tuple[PricePoint, ...]
    current: PricePoint | None
    end: datetime
    sold_out: tuple[SoldOutSpan, ...]
    stock: tuple[StockPoint, ...] = ()

    @cached_property
    def lowest(self) -> PricePoint:
        """The first point with the lowest price."""
        return min(self.points, key=lambda point: point.price)

    @cached_property
    def highest(self) -> PricePoint:
        """The first point with the highest price."""
        return max(self.points, key=lambda point: point.price)

    @property
    def start(self) -> datetime:
        return self.points[0].start

    @cached_property
    def change(self) -> PriceChange | None:
        """The latest change to a different price in this currency; None if the price never changed."""
        last = self.points[-1].price
        same = len(list(takewhile(lambda point: point.price == last, reversed(self.points))))
        if same == len(self.points):
            return None
        previous = self.points[-same - 1].price
        return PriceChange(last - previous, previous, self.points[-same].start)


@dataclass(frozen=True)
class BookPrices:
    """The observations of a book in time order, and its histories, beginning with the currency observed last."""

    observations: tuple[Observation, ...]
    histories: tuple[PriceHistory, ...]
    is_pending: bool  # a price waits for review


def load_prices(books: Iterable[int], *, now: datetime) -> dict[int, BookPrices]:
    """Returns the prices of the books with these primary keys, with two queries. Times are in the current time zone."""
    books = list(books)
    observations = _load_observations(books)
    pending = set(HeldPrice.objects.pending().filter(book__in=books).values_list("book", flat=True))
    return {
        book: BookPrices(tuple(stated), tuple(build_histories(stated, now=localtime(now))), book in pending)
        for book, stated in observations.items()
    }


def load_histories(books: Iterable[int], *, now: datetime) -> dict[int, list[PriceHistory]]:
    """Returns the histories of the books, as in BookPrices, with one query."""
    observations = _load_observations(list(books))
    return {book: build_histories(stated, now=localtime(now)) for book, stated in observations.items()}


def _load_observations(books: list[int]) -> dict[int, list[Observation]]:
    observations: dict[int, list[Observation]] = {book: [] for book in books}
    rows = PriceObservation.objects.filter(book__in=books).order_by("book", "observed_at", "pk")
    for book, time, price, currency, availability, stock in rows.values_list(
        "book", "observed_at", "price", "currency", "availability", "stock"
    ):
        observations[book].append(
            Observation(time=localtime(time), price=price, currency=currency, availability=availability, stock=stock)
        )
    return observations


def build_histories(observations: Sequence[Observation], *, now: datetime) -> list[PriceHistory]:
    """Returns a history for each currency, beginning with the one observed last. `observations` are in time order."""
    if not observations:
        return []
    now = max(now, observations[-1].time)
    points = _group_points(observations, now)
    sold_out = _find_sold_out_spans(observations)
    stock = group_stock([(each.time, each.copies) for each in observations], now)
    histories: list[PriceHistory] = []
    for currency in sorted(points, key=lambda currency: points[currency][-1].start, reverse=True):
        start, end = points[currency][0].start, points[currency][-1].end if histories else now
        current = points[currency][-1] if currency == observations[-1].currency else None
        spans = tuple(span for span in sold_out if _overlaps(span, start, end))
        copies = clip_stock(stock, start, end)
        histories.append(PriceHistory(currency, tuple(points[currency]), current, end, spans, copies))
    return histories


def _group_points(observations: Sequence[Observation], now: datetime) -> dict[str, list[PricePoint]]:
    """The points of each currency."""
    points: dict[str, list[PricePoint]] = {}
    ends = [*(each.time for each in observations[1:]), now]
    for each, end in zip(observations, ends, strict=True):
        if each.price is not None and each.currency is not None:
            point = PricePoint(each.time, end, each.price, each.availability_text)
            points.setdefault(each.currency, []).append(point)
    return points


def _overlaps(span: SoldOutSpan, start: datetime, end: datetime) -> bool:
    return span.start < end and (span.end is None or span.end > start)


def _find_sold_out_spans(observations: Sequence[Observation]) -> list[SoldOutSpan]:
    """From each observation of a sold-out book to the next one that can be ordered."""
    spans: list[SoldOutSpan] = []
    start: datetime | None = None
    for each in observations:
        if each.availability in SOLD_OUT:
            start = start or each.time
        elif each.availability != Availability.UNKNOWN and start:
            spans.append(SoldOutSpan(start, each.time))
            start = None
    return [*spans, SoldOutSpan(start, None)] if start else spans
