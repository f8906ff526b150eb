"""The states of a watch, compared with a plain model for any sequence of statements."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.availability import from_in_stock
from books.prices.ranges import PriceRange
from users.models import WatchRule
from users.watches.market import Market, Offer
from users.watches.transitions import ARMED, FIRED, WatchState, advance, begin, holds

NOW = datetime(2026, 5, 3, tzinfo=UTC)
PRICES = st.integers(1, 12)
RULES: dict[WatchRule, dict[str, Any]] = {
    WatchRule.AT_OR_BELOW: {"amount": Decimal(6), "currency": "GBP"},
    WatchRule.DROP_PERCENT: {"percent": 25},
    WatchRule.DROP_AMOUNT: {"amount": Decimal(3), "currency": "GBP"},
    WatchRule.LOWEST: {},
    WatchRule.BACK_IN_STOCK: {},
    WatchRule.ANY_CHANGE: {},
}


@dataclass(frozen=True)
class Statement:
    """The statement of a source: a price in pounds or euros, or none; and the availability."""

    price: int | None
    currency: str = "GBP"
    in_stock: bool | None = True


STATEMENTS = st.builds(
    Statement,
    price=st.one_of(st.none(), PRICES),
    currency=st.sampled_from(["GBP", "GBP", "GBP", "EUR"]),
    in_stock=st.sampled_from([True, True, None, False]),
)


def make_market(statements: list[Statement]) -> Market:
    """The market after these statements of one book."""
    last = statements[-1]
    offer = Offer(
        book=1,
        title="Odes",
        observation=len(statements),
        observed_at=NOW,
        price=None if last.price is None else Decimal(last.price),
        currency=None if last.price is None else last.currency,
        availability=from_in_stock(last.in_stock),
        is_new=True,
    )
    ranges = {}
    for currency in ("GBP", "EUR"):
        prices = [Decimal(each.price) for each in statements if each.price is not None and each.currency == currency]
        if prices:
            ranges[currency] = PriceRange(min(prices), max(prices), NOW, len(prices))
    return Market([offer], ranges)


class Model:
    """A watch on one book, written without states: it searches all earlier statements each time."""

    def __init__(self, rule: str, first: Statement) -> None:
        self.rule = rule
        self.statements = [first]
        self.told: list[int] | None = None  # the prices reported since the condition was last false
        self.was_in_stock = False
        self.currency = "GBP" if rule in {WatchRule.AT_OR_BELOW, WatchRule.DROP_AMOUNT} else None
        self.start: int | None = None
        self.seen: tuple[int, str] | None = None

    def is_true(self, price: int) -> bool:
        assert self.start is not None
        known = [each.price for each in self.statements if each.price and each.currency == self.currency]
        return {
            WatchRule.AT_OR_BELOW: price <= 6,
            WatchRule.DROP_PERCENT: 4 * price <= 3 * self.start,
            WatchRule.DROP_AMOUNT: price <= self.start - 3,
            WatchRule.LOWEST: price == min(known) and len(set(known)) > 1,
        }[WatchRule(self.rule)]

    def fires(self) -> bool:
        last = self.statements[-1]
        if self.rule == WatchRule.BACK_IN_STOCK:
            was = self.was_in_stock
            self.was_in_stock = was if last.in_stock is None else last.in_stock
            return self.was_in_stock and not was
        if last.price is None or last.in_stock is False:
            return False
        if self.rule == WatchRule.ANY_CHANGE:
            seen, self.seen = self.seen, (last.price, last.currency)
            return self.seen != seen
        self.currency = self.currency or last.currency
        if last.currency != self.currency:
            return False
        self.start = self.start or last.price
        if not self.is_true(last.price):
            self.told = []
            return False
        self.told = self.told or []
        fires = not self.told or last.price < min(self.told)
        if fires:
            self.told.append(last.price)
        return fires


@pytest.mark.parametrize("rule", RULES)
@given(st.lists(STATEMENTS, min_size=1, max_size=12))
def test_a_watch_fires_as_the_plain_model_does(rule: WatchRule, statements: list[Statement]) -> None:
    model = Model(rule, statements[0])
    state = begin(WatchState(rule, **RULES[rule]), make_market(statements[:1]))
    for number in range(1, len(statements) + 1):
        market = make_market(statements[:number])
        model.statements = statements[:number]
        state, firing = advance(state, market, now=NOW)
        expected = model.fires()
        if number > 1 or rule != WatchRule.ANY_CHANGE:  # the price at the beginning is no change
            assert (firing is not None) == expected, number
        assert state.fired_price is None or state.state == FIRED


@pytest.mark.parametrize("rule", RULES)
@given(st.lists(STATEMENTS, min_size=1, max_size=12))
def test_a_repeated_statement_never_fires(rule: WatchRule, statements: list[Statement]) -> None:
    state = begin(WatchState(rule, **RULES[rule]), make_market(statements[:1]))
    for number in range(1, len(statements) + 1):
        market = make_market(statements[:number])
        state, _ = advance(state, market, now=NOW)
        assert advance(state, market, now=NOW) == (state, None)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != WatchRule.ANY_CHANGE])
@given(st.lists(STATEMENTS, min_size=1, max_size=12))
def test_the_state_is_that_of_the_condition_if_the_price_is_known(rule: WatchRule, statements: list[Statement]) -> None:
    state = begin(WatchState(rule, **RULES[rule]), make_market(statements[:1]))
    for number in range(1, len(statements) + 1):
        market = make_market(statements[:number])
        state, _ = advance(state, market, now=NOW)
    known = market.find_stock() if rule == WatchRule.BACK_IN_STOCK else market.find_cheapest(state.currency)
    if known:
        assert state.state == (FIRED if holds(state, market) else ARMED)


@given(st.lists(STATEMENTS, min_size=1, max_size=12))
def test_currencies_are_never_compared(statements: list[Statement]) -> None:
    state = WatchState(WatchRule.AT_OR_BELOW, amount=Decimal(12), currency="GBP")
    state = begin(state, make_market(statements[:1]))
    for number in range(1, len(statements) + 1):
        state, firing = advance(state, make_market(statements[:number]), now=NOW)
        assert firing is None or firing.offer.currency == "GBP"
    assert state.currency == "GBP"
