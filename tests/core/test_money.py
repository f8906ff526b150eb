"""Amounts of money as text."""

from decimal import Decimal

import pytest

from core.money import count_decimals, format_difference, format_money, is_currency, smallest_unit


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("37.32", "GBP", "£37.32"),
        ("12", "EUR", "€12.00"),
        ("37.32", "CHF", "37.32\u00a0CHF"),
        ("1200", "JPY", "JP¥1,200"),
        ("1200.50", "JPY", "JP¥1,200.5"),
        ("99999999.99", "USD", "US$99,999,999.99"),
        ("1.25", "KWD", "1.250\u00a0KWD"),
        ("7", "SEK", "7.00\u00a0SEK"),
        ("3", "QQQ", "3.00\u00a0QQQ"),
        ("0", "GBP", "£0.00"),
    ],
)
def test_amounts_have_the_symbol_and_decimals_of_their_currency(amount: str, currency: str, text: str) -> None:
    assert format_money(Decimal(amount), currency) == text


def test_whole_amounts_can_be_written_without_decimals() -> None:
    assert format_money(Decimal(40), "GBP", whole=True) == "£40"
    assert format_money(Decimal(1000), "CHF", whole=True) == "1,000\u00a0CHF"


@pytest.mark.parametrize(("difference", "text"), [("-4.10", "−£4.10"), ("2", "+£2.00"), ("0", "£0.00")])
def test_differences_have_a_sign(difference: str, text: str) -> None:
    assert format_difference(Decimal(difference), "GBP") == text


@pytest.mark.parametrize(("currency", "unit"), [("GBP", "0.01"), ("JPY", "1"), ("QQQ", "0.01")])
def test_the_smallest_unit_depends_on_the_currency(currency: str, unit: str) -> None:
    assert smallest_unit(currency) == Decimal(unit)


@pytest.mark.parametrize(("code", "is_known"), [
    ("EUR", True), ("TWD", True), ("BGN", True), ("HRK", True), ("DEM", False), ("TRL", False), ("XXX", False),
    ("eur", False), ("€", False), ("", False),
])  # fmt: skip
def test_currencies_in_use_and_recently_replaced(code: str, is_known: bool) -> None:
    assert is_currency(code) == is_known


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_decimals_of_a_currency(currency: str, decimals: int) -> None:
    assert count_decimals(currency) == decimals
