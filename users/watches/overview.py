"""Watches together with what their sources state now, for lists."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from books.prices.ranges import PriceRange
from users.models import PriceWatch, WatchRule
from users.watches.market import Market, Offer
from users.watches.statements import load_markets
from users.watches.transitions import holds
from users.watches.watching import get_state

PRICE_RULES = set(WatchRule) - {WatchRule.BACK_IN_STOCK, WatchRule.ANY_CHANGE}


@dataclass(frozen=True, slots=True)
class Overview:
    """`current` is the offer that the watch compares, or one that does not count, such as one that is sold out.

    `other_currency` is that of its price if the watch does not compare it, because no listed row has its last price in
    the currency of the watch. `is_met` states whether the condition is true now.
    """

    watch: PriceWatch
    current: Offer | None
    other_currency: str | None
    lowest: PriceRange | None
    target: Decimal | None
    is_met: bool


def load_overviews(watches: Collection[PriceWatch]) -> list[Overview]:
    """With a fixed number of queries."""
    markets = load_markets({(each.book_id, each.scope) for each in watches})
    return [describe(each, markets[each.book_id, each.scope]) for each in watches]


def describe(watch: PriceWatch, market: Market) -> Overview:
    state = get_state(watch)
    current = market.find_cheapest(watch.currency) or market.find_stock() or next(iter(market.offers), None)
    currency = watch.currency or (current.currency if current else None)
    lowest, other = market.ranges.get(currency or ""), _find_other_currency(watch, current, market)
    return Overview(watch, current, other, lowest, state.target, holds(state, market))


def _find_other_currency(watch: PriceWatch, current: Offer | None, market: Market) -> str | None:
    if watch.rule not in PRICE_RULES or watch.currency is None or market.has_currency(watch.currency):
        return None
    return current.currency if current and current.is_available else None
