"""The price chart."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from books.prices.chart import price_chart


def draw(*prices: str) -> tuple[list[str], list[str]]:
    """The corners of the line and the labels, for observations on consecutive days."""
    points = [(datetime(2026, 1, day, tzinfo=UTC), Decimal(price)) for day, price in enumerate(prices, start=1)]
    svg = price_chart(points, "GBP")
    line = re.search(r'points="([^"]*)"', svg)
    assert line
    return line[1].split(), re.findall(r">([^<]+)</text>", svg)


def test_observations_of_the_same_price_add_no_corners() -> None:
    assert draw("5.00", "5.00", "7.50", "7.50", "7.50")[0] == draw("5.00", "7.50")[0]


def test_labels_state_the_days_of_price_changes() -> None:
    assert draw("5.00", "5.00", "7.50", "7.50")[1] == ["7.50 GBP", "5.00 GBP", "01 Jan 2026", "03 Jan 2026"]
    assert draw("5.00", "5.00")[1] == ["5.00 GBP", "01 Jan 2026"]
