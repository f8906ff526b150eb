"""The states of a watch. Pure functions.

An armed watch fires when its condition becomes true. A watch that has fired at a price fires again at a lower price.
It is armed again when its condition becomes false. While nothing is known (no price, sold out, another currency) its
state does not change. A watch on any change compares with the price seen last, and is always armed.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from users.models import PriceWatch, WatchRule
from users.watches.market import Market, Offer
from users.watches.targets import find_target

ARMED, FIRED = PriceWatch.State.ARMED.value, PriceWatch.State.FIRED.value


class WatchState(NamedTuple):
    """The columns of a watch that the evaluation reads and writes. `seen_price` is that of a watch on any change."""

    rule: str
    amount: Decimal | None = None
    percent: int | None = None
    currency: str | None = None
    start_price: Decimal | None = None
    seen_price: Decimal | None = None
    state: str = ARMED
    fired_price: Decimal | None = None
    fired_at: datetime | None = None

    @property
    def target(self) -> Decimal | None:
        return find_target(self.rule, start=self.start_price, amount=self.amount, percent=self.percent)


@dataclass(frozen=True, slots=True)
class Firing:
    """An event of a watch. `old` is the price before."""

    offer: Offer
    old: Decimal | None


def advance(watch: WatchState, market: Market, *, now: datetime) -> tuple[WatchState, Firing | None]:
    """Compares the watch with the market. Returns its next state, and the event if it fires."""
    if watch.rule == WatchRule.BACK_IN_STOCK:
        return _advance_stock(watch, market, now)
    if watch.rule == WatchRule.ANY_CHANGE:
        return _advance_change(watch, market, now)
    offer = market.find_cheapest(watch.currency)
    return _advance_price(watch, market, offer, now) if offer else (watch, None)


def begin(watch: WatchState, market: Market) -> WatchState:
    """The state of a new watch, before it is compared: currency, and the price at the beginning."""
    offer = market.find_cheapest(watch.currency)
    if offer is None:
        return watch
    seen = offer.price if watch.rule == WatchRule.ANY_CHANGE else None
    return _start(watch, offer)._replace(seen_price=seen)


def holds(watch: WatchState, market: Market) -> bool:
    """Whether the condition is true now."""
    if watch.rule == WatchRule.BACK_IN_STOCK:
        offer = market.find_stock()
        return offer is not None and offer.in_stock is True
    offer = market.find_cheapest(watch.currency)
    return offer is not None and _is_reached(_start(watch, offer), market, offer)


def withdraw_price(watch: WatchState, market: Market, *, price: Decimal, currency: str) -> WatchState:
    """The next state after this price was withdrawn, without an event.

    The present price replaces the withdrawn one where the watch compares with it, unless another offer states the same
    price. If there is none, the watch starts with the next price.
    """
    offer = market.find_cheapest(watch.currency)
    if watch.currency == currency and not market.has_price(price, currency):
        watch = _replace_price(watch, price, offer.price if offer else None)
    if watch.rule == WatchRule.ANY_CHANGE:
        return _see_price(watch, offer)
    return watch if holds(watch, market) else rearm(watch)


def _replace_price(watch: WatchState, old: Decimal, new: Decimal | None) -> WatchState:
    start, seen, fired = (
        new if each == old else each for each in (watch.start_price, watch.seen_price, watch.fired_price)
    )
    replaced = watch._replace(start_price=start, seen_price=seen, fired_price=fired)
    return watch if replaced == watch else replaced


def end_offer(watch: WatchState, market: Market) -> WatchState:
    """The next state after an offer ended: the watch is armed if the remaining offers do not fulfil its condition.

    A watch on any change continues with the price of the cheapest remaining offer. That is never a lower price: an
    offer that joins at the same time is compared afterwards.
    """
    is_stock = watch.rule == WatchRule.BACK_IN_STOCK
    offer = market.find_stock() if is_stock else market.find_cheapest(watch.currency)
    if offer is None:
        return watch
    if watch.rule == WatchRule.ANY_CHANGE:
        is_higher = watch.seen_price is not None and offer.price is not None and offer.price > watch.seen_price
        return _see_price(watch, offer) if is_higher else watch
    return watch if holds(watch, market) else rearm(watch)


def _see_price(watch: WatchState, offer: Offer | None) -> WatchState:
    return watch._replace(seen_price=offer.price) if offer and watch.seen_price != offer.price else watch


def rejoin_offer(watch: WatchState, fired: WatchState) -> WatchState:
    """The next state if an offer that caused an event already counts again without a new statement: it causes none.

    The watch fires at the next statement. One on any change continues with the price of the offer.
    """
    return fired._replace(fired_at=watch.fired_at) if watch.rule == WatchRule.ANY_CHANGE else watch


def _start(watch: WatchState, offer: Offer) -> WatchState:
    """If the book had no price, the watch starts with its first price."""
    if watch.start_price is not None:
        return watch
    return watch._replace(currency=offer.currency, start_price=offer.price)


def _is_reached(watch: WatchState, market: Market, offer: Offer) -> bool:
    assert offer.price is not None  # it is available
    if watch.rule == WatchRule.LOWEST:
        # A price that never changed is no lowest price.
        known = market.ranges.get(offer.currency or "")
        return known is not None and offer.price <= known.lowest < known.highest
    target = watch.target
    return target is not None and offer.price <= target


def _advance_price(watch: WatchState, market: Market, offer: Offer, now: datetime) -> tuple[WatchState, Firing | None]:
    watch = _start(watch, offer)
    if not _is_reached(watch, market, offer):
        return rearm(watch), None
    assert offer.price is not None  # it is available
    if watch.state == FIRED and watch.fired_price is not None and offer.price >= watch.fired_price:
        return watch, None
    return watch._replace(state=FIRED, fired_price=offer.price, fired_at=now), Firing(offer, offer.previous)


def _advance_change(watch: WatchState, market: Market, now: datetime) -> tuple[WatchState, Firing | None]:
    """If no source states a price in the watch's currency any more, the watch continues in another one."""
    offer = market.find_cheapest(watch.currency)
    if offer is None and not market.has_currency(watch.currency) and (offer := market.find_cheapest(None)):
        watch = watch._replace(currency=offer.currency, start_price=offer.price, seen_price=None)
    if offer is None or watch.seen_price == offer.price:
        return watch, None
    return _start(watch, offer)._replace(seen_price=offer.price, fired_at=now), Firing(offer, watch.seen_price)


def _advance_stock(watch: WatchState, market: Market, now: datetime) -> tuple[WatchState, Firing | None]:
    offer = market.find_stock()
    if offer is None or (offer.in_stock and watch.state == FIRED):
        return watch, None
    if not offer.in_stock:
        return rearm(watch), None
    return watch._replace(state=FIRED, fired_at=now), Firing(offer, None)


def rearm(watch: WatchState) -> WatchState:
    return watch if watch.state == ARMED else watch._replace(state=ARMED, fired_price=None)
