"""The plausibility check for prices."""

from decimal import Decimal

import pytest

from books.prices.plausibility import find_doubt

PREVIOUS = (Decimal("10.00"), "GBP")
DROPPED = "The price went down by more than a factor of 5 from 10.00 GBP."
ROSE = "The price went up by more than a factor of 5 from 10.00 GBP."


@pytest.mark.parametrize(
    ("price", "currency", "doubt"),
    [
        ("2.00", "GBP", None),
        ("50.00", "GBP", None),
        ("1.99", "GBP", DROPPED),
        ("50.01", "GBP", ROSE),
        ("0.00", "GBP", "The price is zero."),
        ("10.00", "EUR", "The currency changed from GBP to EUR."),
    ],
)
def test_prices_are_compared_with_the_previous_price(price: str, currency: str, doubt: str | None) -> None:
    assert find_doubt(Decimal(price), currency, PREVIOUS) == doubt


@pytest.mark.parametrize(("price", "doubt"), [("0.01", None), ("5000.00", None), ("0.00", "The price is zero.")])
def test_a_first_price_is_plausible_unless_it_is_zero(price: str, doubt: str | None) -> None:
    assert find_doubt(Decimal(price), "GBP", (None, None)) == doubt


def test_any_price_is_plausible_after_zero() -> None:
    assert find_doubt(Decimal("99.00"), "GBP", (Decimal(0), "GBP")) is None


def test_no_price_is_plausible() -> None:
    assert find_doubt(None, None, PREVIOUS) is None


def test_unreadable_text_is_not_plausible() -> None:
    assert find_doubt(None, None, PREVIOUS, "on request") == "The price is not readable: “on request”."
