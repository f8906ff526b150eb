"""Books for the facets' tests."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest

from tests.support.factories import make_book, make_category

PRICES = [None, "0.00", "5.00", "10.00", "10.01", "19.99", "20.00", "30.00", "45.50", "50.00", "999.00"]


@pytest.fixture
def books() -> None:
    """Sixty books with known and unknown values, in two currencies, and prices at the bounds of the ranges."""
    random = Random("facets")
    categories = [None, *map(make_category, ("Travel", "Sci-Fi", "Sci Fi", "1984", "Poetry"))]
    for number in range(60):
        price = random.choice(PRICES)
        make_book(
            title=f"Book {number} {random.choice(['seven', 'eight'])}", category=random.choice(categories),
            source=random.choice(["manual", "open_library"]), rating=random.choice([None, 1, 2, 3, 5]),
            price=price and Decimal(price), currency=price and random.choice(["GBP", "EUR"]),
            in_stock=random.choice([None, True, False]), authors=random.choice([[], ["Ann Lee"], ["Bea", "Ann Lee"]]),
            missing_since=random.choice([None, None, datetime(2026, 1, 1, tzinfo=UTC)]),
            isbn_13="9780141182636" if number == 7 else None,
        )  # fmt: skip
