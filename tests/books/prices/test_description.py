"""The price history in words."""

from datetime import UTC, datetime

import pytest

from books.prices.description import describe_change, describe_history
from books.prices.history import Observation, PriceHistory, build_histories
from tests.support.prices import observe

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def build(*observations: Observation) -> PriceHistory:
    return build_histories(observations, now=NOW)[-1]


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


CHANGING = (observe(day(5, 3), "38.20"), observe(day(6, 2), "41.42"), observe(day(11, 3), "32.40"))
SOLD_OUT = [observe(day(month, 9), "5", in_stock=month % 2 == 1) for month in range(1, 8)]


@pytest.mark.parametrize(
    ("observations", "text"),
    [
        (
            [*CHANGING, observe(day(11, 12), "37.32", in_stock=False)],
            (
                "Price from 3 May to 26 November 2026: £37.32 now, lowest £32.40 on 3 November, "
                "highest £41.42 on 2 June; sold out since 12 November."
            ),
        ),
        ([observe(NOW, "5")], "Price on 26 November 2026: £5.00 now."),
        ([observe(day(12, 1, 2025), "5")], "Price from 1 December 2025 to 26 November 2026: £5.00 now."),
        (
            SOLD_OUT[:5],
            (
                "Price from 9 January to 26 November 2026: £5.00 now; "
                "sold out from 9 February to 9 March; sold out from 9 April to 9 May."
            ),
        ),
        (
            SOLD_OUT,
            "Price from 9 January to 26 November 2026: £5.00 now; sold out 3 times, last from 9 June to 9 July.",
        ),
        (
            [observe(day(1, 1), "5"), observe(day(2, 1), in_stock=False)],
            "Price from 1 January to 26 November 2026: last £5.00; sold out since 1 February.",
        ),
        (
            [observe(day(1, 1), "5"), observe(day(3, 1), "6", "EUR")],
            "Price from 1 January to 1 March 2026: last £5.00.",
        ),
    ],
)
def test_the_description_states_period_prices_and_availability(observations: list[Observation], text: str) -> None:
    assert describe_history(build(*observations)) == text


def test_the_change_is_described_with_its_day() -> None:
    assert describe_change(build(*CHANGING)) == "−£9.02 since 3 November"
    assert describe_change(build(*CHANGING, observe(NOW, "30.40"))) == "−£2.00 today"
    assert describe_change(build(CHANGING[0])) == ""
