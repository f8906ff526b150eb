"""Price changes and the summary of a history, without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.prices.changes import NO_CHANGE, StoredChange, compute_percent, find_change, summarize

START = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
prices = st.decimals(0, Decimal("99999999.99"), places=2)


def price(amount: str, currency: str = "GBP") -> tuple[Decimal, str]:
    return Decimal(amount), currency


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        ("10.00", "8.00", "-20.00"),
        ("8.00", "10.00", "25.00"),
        ("3.00", "2.00", "-33.33"),
        ("16.00", "16.01", "0.06"),
        ("800.00", "799.99", "-0.01"),
        ("99999999.99", "99999999.98", "-0.01"),
        ("5.00", "0.00", "-100.00"),
        ("0.01", "99999999.99", "999999999800.00"),
    ],
)
def test_a_change_has_a_rounded_percentage(before: str, after: str, percent: str) -> None:
    assert compute_percent(Decimal(before), Decimal(after)) == Decimal(percent)


def test_a_price_of_zero_has_no_percentage() -> None:
    assert find_change(price("5.00"), price("0.00")) == StoredChange(Decimal(0), "GBP", None)


@given(before=prices, after=prices)
def test_the_percentage_has_the_sign_of_the_difference(before: Decimal, after: Decimal) -> None:
    percent = compute_percent(before, after)

    if before and before != after:
        assert percent is not None
        assert (percent > 0) == (after > before)
        assert percent


def test_the_first_price_an_equal_price_and_a_missing_price_are_no_changes() -> None:
    assert find_change(price("5.00"), (None, None)) == NO_CHANGE
    assert find_change(price("5.00"), price("5.00")) == NO_CHANGE
    assert find_change((None, None), price("5.00")) == NO_CHANGE


def test_another_currency_is_a_change_without_a_percentage() -> None:
    assert find_change(price("5.00", "EUR"), price("5.00")) == StoredChange(Decimal("5.00"), "GBP", None)


def test_a_summary_states_the_last_different_price_and_the_extremes() -> None:
    amounts = ["10.00", "8.00", "12.00", "8.00", "8.00", "9.00", "9.00"]

    summary = summarize([(START + timedelta(days=day), Decimal(amount)) for day, amount in enumerate(amounts)], "GBP")

    assert (summary.previous_price, summary.change_percent) == (Decimal("8.00"), Decimal("12.50"))
    assert summary.price_changed_at == START + timedelta(days=5)
    assert (summary.lowest_price, f"{summary.lowest_on}") == (Decimal("8.00"), "2026-05-04")
    assert (summary.highest_price, summary.tracked_since) == (Decimal("12.00"), START)


def test_a_constant_price_has_no_previous_one() -> None:
    summary = summarize([(START, Decimal(5)), (START + timedelta(days=1), Decimal(5))], "GBP")

    assert (summary.previous_price, summary.change_percent, summary.price_changed_at) == (None, None, None)
    assert summary.lowest_price == summary.highest_price == Decimal(5)
