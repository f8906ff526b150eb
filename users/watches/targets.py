"""The price at which a watch fires."""

from decimal import ROUND_DOWN, Decimal

from books.prices.ranges import CENT
from users.models import WatchRule


def find_target(
    rule: str, *, start: Decimal | None, amount: Decimal | None = None, percent: int | None = None
) -> Decimal | None:
    """The highest price that fulfils the rule.

    None if the rule has no fixed price, until there is a start price, or if no price fulfils the rule.
    """
    if rule == WatchRule.AT_OR_BELOW:
        return amount
    if start is None:
        return None
    if rule == WatchRule.DROP_AMOUNT and amount is not None:
        return start - amount if start >= amount else None  # the first price was lower than the drop
    return reduce_by_percent(start, percent) if rule == WatchRule.DROP_PERCENT and percent is not None else None


def reduce_by_percent(price: Decimal, percent: int) -> Decimal:
    """Rounded down, so that a price at the target has dropped by at least the per cent."""
    return (price * (100 - percent) / 100).quantize(CENT, ROUND_DOWN)
