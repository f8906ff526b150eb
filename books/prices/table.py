"""The rows of the table of observations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from books.prices.history import Observation
from core.money import format_difference, format_money


@dataclass(frozen=True)
class ObservationRow:
    """The texts are empty if the source stated nothing. `change` is empty if the price is the one before."""

    time: datetime
    price: str
    availability: str
    change: str
    is_cheaper: bool


def make_rows(observations: Sequence[Observation]) -> list[ObservationRow]:
    """Returns the rows, newest first, from observations in time order. Changes are within one currency."""
    rows: list[ObservationRow] = []
    last: dict[str, Decimal] = {}
    for each in observations:
        price, change, is_cheaper = "", "", False
        if each.price is not None and each.currency is not None:
            difference = each.price - last.get(each.currency, each.price)
            price = format_money(each.price, each.currency)
            change = format_difference(difference, each.currency) if difference else ""
            is_cheaper = difference < 0
            last[each.currency] = each.price
        rows.append(ObservationRow(each.time, price, each.availability_text, change, is_cheaper))
    return rows[::-1]
