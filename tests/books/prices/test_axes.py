"""Round values for the axes of a chart."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.prices.axes import round_amounts, round_times

CENT = Decimal("0.01")
amounts = st.decimals(min_value=0, max_value=99_999_999, places=2)
times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001  # hypothesis adds the zone


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("31", "43", ["35", "40"]),
        ("0.008", "0.022", ["0.01", "0.02"]),
        ("-1", "3", ["0", "1", "2", "3"]),
        ("18.3", "20.2", ["18.50", "19", "19.50", "20"]),
    ],
)
def test_amounts_are_multiples_of_one_two_or_five(low: str, high: str, expected: list[str]) -> None:
    assert round_amounts(Decimal(low), Decimal(high), at_most=4, unit=CENT) == [Decimal(each) for each in expected]


def test_currencies_without_cents_have_whole_amounts() -> None:
    assert round_amounts(Decimal("0.5"), Decimal("2.5"), at_most=4, unit=Decimal(1)) == [1, 2]


@given(amounts, amounts)
def test_amounts_are_within_the_range_and_few(low: Decimal, difference: Decimal) -> None:
    high = low + max(difference, 3 * CENT)

    found = round_amounts(low, high, at_most=4, unit=CENT)

    assert 1 <= len(found) <= 5
    assert low <= found[0]
    assert found[-1] <= high
    assert len({after - before for before, after in pairwise(found)}) <= 1


@given(times, st.timedeltas(min_value=timedelta(days=1), max_value=timedelta(days=20_000)))
def test_times_are_within_the_period_and_in_order(start: datetime, period: timedelta) -> None:
    start = start.replace(tzinfo=ZoneInfo("Europe/London"))
    end = start + period

    for ticks in round_times(start, end):
        found = [tick.time for tick in ticks]
        assert found == sorted(found)
        assert all(start <= time <= end for time in found)
        assert len(ticks) <= 60


def list_labels(start: datetime, end: datetime, *, at_most: int = 6) -> list[str]:
    return next([tick.text for tick in ticks] for ticks in round_times(start, end) if len(ticks) <= at_most)


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (1, ["12:00", "18:00", "9 Dec", "06:00"]),
        (5, ["9 Dec", "10 Dec", "11 Dec", "12 Dec", "13 Dec"]),
        (30, ["14 Dec", "21 Dec", "28 Dec", "4 Jan"]),
        (150, ["2027", "Feb", "Mar", "Apr", "May"]),
        (1000, ["2027", "Jul", "2028", "Jul", "2029", "Jul"]),
        (4000, ["2028", "2030", "2032", "2034", "2036"]),
    ],
)
def test_labels_state_hours_days_months_or_years(days: int, labels: list[str]) -> None:
    start = datetime(2026, 12, 8, 9, tzinfo=UTC)

    assert list_labels(start, start + timedelta(days=days)) == labels
