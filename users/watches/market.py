"""The current statements of the sources about the books of a watch. Plain data, loaded by users.watches.statements."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from books.availability import SOLD_OUT, Availability, is_in_stock
from books.prices.ranges import PriceRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The latest accepted statement about one book. `is_new` if it is one of those that are being evaluated.

    `previous` is the last different price in the same currency, `tracked_currency` that of the last price if the source
    states none now.
    """

    book: int
    title: str
    observation: int
    observed_at: datetime
    price: Decimal | None = None
    currency: str | None = None
    previous: Decimal | None = None
    tracked_currency: str | None = None
    availability: str = Availability.UNKNOWN
    is_listed: bool = True
    is_new: bool = False

    @property
    def in_stock(self) -> bool | None:
        return is_in_stock(self.availability)

    @property
    def is_available(self) -> bool:
        """Whether the price counts. The price of a book that is sold out or no longer listed does not."""
        return self.price is not None and self.availability not in SOLD_OUT and self.is_listed


@dataclass(slots=True)
class Market:
    """The offers that a watch compares: that of its book, or those of all rows of the work."""

    offers: list[Offer]
    ranges: dict[str, PriceRange]
    _cheapest: dict[str | None, Offer | None] = field(default_factory=dict)

    def find_cheapest(self, currency: str | None) -> Offer | None:
        """The cheapest available offer in the currency.

        A watch without a currency gets one from the first offer. If there are several currencies, that is the one of
        the row with the lowest id.
        """
        if currency not in self._cheapest:
            available = [each for each in self.offers if each.is_available]
            wanted = currency or next((each.currency for each in available), None)
            same = [each for each in available if each.currency == wanted]
            self._cheapest[currency] = min(same, key=_price_of, default=None)
        return self._cheapest[currency]

    def has_currency(self, currency: str | None) -> bool:
        """Whether the last price of a listed book is in the currency, also if the book is sold out now."""
        return currency in {each.currency or each.tracked_currency for each in self.offers if each.is_listed}

    def has_price(self, price: Decimal, currency: str) -> bool:
        """Whether an offer states this price, also one that does not count."""
        return any((each.price, each.currency) == (price, currency) for each in self.offers)

    def find_stock(self) -> Offer | None:
        """An offer in stock, else one that is sold out; None if the availability is unknown."""
        known = [each for each in self.offers if each.in_stock is not None and each.is_listed]
        return next((each for each in known if each.in_stock), known[0] if known else None)

    @property
    def newest(self) -> Offer | None:
        """The newest of the statements that are being evaluated."""
        return max((each for each in self.offers if each.is_new), key=lambda each: each.observation, default=None)


def _price_of(offer: Offer) -> tuple[Decimal, int]:
    assert offer.price is not None  # it is available
    return offer.price, offer.book
