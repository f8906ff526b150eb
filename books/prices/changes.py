"""Price changes of a book, and the summary of its price history. Pure functions.

A change is a price that differs from the price observed before it. Amounts in two currencies are never compared: such a
change has no difference.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

Price = tuple[Decimal, str]  # amount and currency
PriceOrNone = tuple[Decimal | None, str | None]
HUNDREDTH = Decimal("0.01")
MAX_NAMED = 20  # changes that a report names


@dataclass(frozen=True, slots=True)
class StoredChange:
    """The columns of an observation that describe a change. All are None for an observation that is no change.

    `change_percent` is negative for a drop. It is None if the currency changed or the price was zero.
    """

    previous_price: Decimal | None = None
    previous_currency: str | None = None
    change_percent: Decimal | None = None


NO_CHANGE = StoredChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSummary:
    """The observed prices of a book in the currency of the latest one. The fields are named as those of the book.

    `previous_price` is the last different price, `price_changed_at` the time of the first observation after it.
    `lowest_on` is the first day with the lowest price, in UTC. `tracked_since` is the time of the first observation.
    """

    tracked_currency: str | None = None
    tracked_since: datetime | None = None
    previous_price: Decimal | None = None
    change_percent: Decimal | None = None
    price_changed_at: datetime | None = None
    lowest_price: Decimal | None = None
    lowest_on: date | None = None
    highest_price: Decimal | None = None


EMPTY_SUMMARY = PriceSummary()


def find_change(price: PriceOrNone, before: PriceOrNone) -> StoredChange:
    """Compares a price with the last price before it. The first price of a book is no change, nor is a missing one."""
    amount, currency = price
    previous, previous_currency = before
    if amount is None or previous is None or price == before:
        return NO_CHANGE
    percent = compute_percent(previous, amount) if currency == previous_currency else None
    return StoredChange(previous, previous_currency, percent)


def compute_percent(before: Decimal, after: Decimal) -> Decimal | None:
    """Returns the change in per cent with two decimals, or None if the price before was zero.

    A change that would round to zero is 0.01 or -0.01, so that the sign always shows the direction.
    """
    if not before:
        return None
    percent = ((after - before) * 100 / before).quantize(HUNDREDTH, ROUND_HALF_UP)
    return percent or HUNDREDTH.copy_sign(after - before)


def extend_summary(summary: PriceSummary, price: Price, time: datetime, *, last: Decimal | None) -> PriceSummary:
    """Adds a price in the tracked currency; `last` is the last price in that currency, None for the first one."""
    amount, currency = price
    day = time.astimezone(UTC).date()
    if last is None or summary.lowest_price is None or summary.highest_price is None:
        return PriceSummary(
            tracked_currency=currency, tracked_since=time, lowest_price=amount, lowest_on=day, highest_price=amount
        )
    if amount == last:
        return summary
    changed = replace(
        summary, previous_price=last, change_percent=compute_percent(last, amount), price_changed_at=time,
        highest_price=max(summary.highest_price, amount),
    )  # fmt: skip
    return replace(changed, lowest_price=amount, lowest_on=day) if amount < summary.lowest_price else changed


def summarize(prices: Iterable[tuple[datetime, Decimal]], currency: str) -> PriceSummary:
    """Returns the summary of prices in one currency, in time order."""
    summary, last = EMPTY_SUMMARY, None
    for time, amount in prices:
        summary = extend_summary(summary, (amount, currency), time, last=last)
        last = amount
    return summary


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedChange:
    """A price change with the title of its book. `change_percent` is that of StoredChange."""

    title: str
    source_key: str
    previous_price: Decimal
    previous_currency: str
    price: Decimal
    currency: str
    change_percent: Decimal | None

    @property
    def size(self) -> Decimal:
        return abs(self.change_percent or Decimal(0))

    def as_json(self) -> dict[str, str | None]:
        return {name: None if value is None else str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class ChangeTally:
    """The number of price changes, and the largest of them, largest first."""

    count: int = 0
    largest: tuple[NamedChange, ...] = ()

    def __add__(self, other: "ChangeTally") -> "ChangeTally":
        if not other.count:
            return self
        largest = sorted((*self.largest, *other.largest), key=attrgetter("size"), reverse=True)
        return ChangeTally(self.count + other.count, tuple(largest[:MAX_NAMED]))

    def as_json(self) -> dict[str, Any]:
        return {"count": self.count, "largest": [change.as_json() for change in self.largest]}
