"""Rules in words."""

from decimal import Decimal
from typing import Protocol

from core.money import format_money
from users.models import WatchRule
from users.notifications.price_facts import BACK_IN_STOCK


class Terms(Protocol):
    """A watch, or the columns of one."""

    @property
    def rule(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def percent(self) -> int | None: ...
    @property
    def currency(self) -> str | None: ...


def describe_rule(watch: Terms) -> str:
    """Returns for example "at or below £10.00" or "10% below the price at the beginning"."""
    texts = {
        WatchRule.LOWEST: "lowest price ever",
        WatchRule.BACK_IN_STOCK: BACK_IN_STOCK,
        WatchRule.ANY_CHANGE: "any change of the price",
        WatchRule.DROP_PERCENT: f"drop by {watch.percent}%",
    }
    if watch.amount is None or watch.currency is None:
        return texts[WatchRule(watch.rule)]
    amount = format_money(watch.amount, watch.currency)
    return f"drop by {amount}" if watch.rule == WatchRule.DROP_AMOUNT else f"at or below {amount}"
