"""Watches together with what their sources state now, for lists."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from users.models import PriceWatch, WatchRule
from users.watches.market import Market, Offer, PriceRange
from users.watches.statements import load_markets
from users.watches.transitions import holds
from users.watches.watching import get_state

PRICE_RULES = set(WatchRule) - {WatchRule.BACK_IN_STOCK, WatchRule.ANY_CHANGE}


@dataclass(frozen=True, slots=True)
class Overview:
    """`current` is the offer that the watch compares, or one that does not count, such as one that is sold out.

    `is_met` states whether the condition is true now.
    """

    watch: PriceWatch
    current: Offer | None
    lowest: PriceRange | None
    target: Decimal | None
    is_met: bool

    @property
    def is_other_currency(self) -> bool:
        """Whether the price is in another currency now, which the watch does not compare."""
        if self.current is None or not self.current.is_available or self.watch.rule not in PRICE_RULES:
            return False
        return self.watch.currency not in (None, self.current.currency)


def load_overviews(watches: Collection[PriceWatch]) -> list[Overview]:
    """With a fixed number of queries."""
    markets = load_markets({(each.book_id, each.scope) for each in watches})
    return [describe(each, markets[each.book_id, each.scope]) for each in watches]


def describe(watch: PriceWatch, market: Market) -> Overview:
    state = get_state(watch)
    current = market.find_cheapest(watch.currency) or market.find_stock() or next(iter(market.offers), None)
    currency = watch.currency or (current.currency if current else None)
    return Overview(watch, current, market.ranges.get(currency or ""), state.target, holds(state, market))
