"""The table of observations."""

from datetime import UTC, datetime

from books.prices.table import ObservationRow, make_rows
from tests.support.prices import observe

DAYS = [datetime(2026, 1, number, tzinfo=UTC) for number in range(1, 7)]


def test_rows_are_newest_first_with_the_change_to_the_price_before() -> None:
    rows = make_rows(
        [
            observe(DAYS[0], "5.00", in_stock=True, stock=3),
            observe(DAYS[1], "4.50", in_stock=True),
            observe(DAYS[2], in_stock=False),
            observe(DAYS[3], "4.50"),
            observe(DAYS[4], "7.00", "EUR"),
            observe(DAYS[5], "6.00"),
        ]
    )

    assert rows == [
        ObservationRow(DAYS[5], "£6.00", "", "+£1.50", is_cheaper=False),
        ObservationRow(DAYS[4], "€7.00", "", "", is_cheaper=False),
        ObservationRow(DAYS[3], "£4.50", "", "", is_cheaper=False),
        ObservationRow(DAYS[2], "", "sold out", "", is_cheaper=False),
        ObservationRow(DAYS[1], "£4.50", "in stock", "−£0.50", is_cheaper=True),
        ObservationRow(DAYS[0], "£5.00", "3 in stock", "", is_cheaper=False),
    ]
