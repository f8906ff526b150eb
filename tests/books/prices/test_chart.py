"""The price chart."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from books.prices.chart import price_chart, price_charts


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


@pytest.mark.parametrize(
    ("later", "labels"),
    [
        ({"hours": 25}, ["01 Jan 2026", "02 Jan 2026"]),
        ({"hours": 3}, ["01 Jan 2026 09:00", "01 Jan 2026 12:00"]),
        ({"seconds": 30}, ["01 Jan 2026 09:00:00", "01 Jan 2026 09:00:30"]),
    ],
)
def test_the_labels_of_two_observations_differ(later: dict[str, int], labels: list[str]) -> None:
    first = datetime(2026, 1, 1, 9, tzinfo=UTC)

    svg = price_chart([(first, Decimal(5)), (first + timedelta(**later), Decimal(6))], "GBP")

    assert re.findall(r">([^<]+)</text>", svg)[2:] == labels


def test_each_currency_has_a_chart() -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]

    svg = price_charts(zip(days, map(Decimal, ("5.00", "7.50", "6.00")), ("GBP", "EUR", "GBP"), strict=True))

    assert re.findall(r">([0-9.]+ [A-Z]+)</text>", svg) == ["6.00 GBP", "5.00 GBP", "7.50 EUR"]


def test_without_observations_nothing_is_drawn() -> None:
    assert price_charts([]) == ""
