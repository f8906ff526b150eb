"""Books with price changes."""

from datetime import UTC, datetime

import pytest

from tests.support.factories import make_book, make_category
from tests.support.prices import record_prices


def day(number: int, hour: int = 6) -> datetime:
    return datetime(2026, 5, number, hour, tzinfo=UTC)


@pytest.fixture
def changes() -> None:
    """Dune fell and rose, Emma fell by half, Ulysses changed its currency, and Walden has only one price."""
    travel = make_category("Travel")
    dune = make_book(title="Dune", source="books_to_scrape", category=travel)
    record_prices(dune, (day(1), "10.00"), (day(4), "8.00"), (day(9), "12.00"))
    record_prices(make_book(title="Emma", category=make_category("Poetry")), (day(2), "20.00"), (day(6), "10.00"))
    ulysses = record_prices(make_book(title="Ulysses"), (day(3), "7.00"))
    record_prices(ulysses, (day(7), "9.00"), currency="EUR")
    record_prices(make_book(title="Walden"), (day(3), "7.00"))
