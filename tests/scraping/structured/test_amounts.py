"""Amounts of money as shops write them."""

from decimal import Decimal

import pytest

from scraping.structured.extraction import Hints, Source
from scraping.structured.money import NotCertain, parse_amount
from tests.scraping.structured.pages import (
    BOOK,
    RIGHT,
    book,
    offer,
    read_json,
    read_product,
    reasons,
)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("18.09", "EUR", "18.09"),
        ("18,09", "EUR", "18.09"),
        ("182.000000", "TRY", "182"),
        ("12.5", "EUR", "12.5"),
        ("1.234,56", "EUR", "1234.56"),
        ("1,234,567.00", "USD", "1234567"),
        ("1 234,56", "PLN", "1234.56"),
        ("$17.99", "USD", "17.99"),
        ("17.99 USD", "USD", "17.99"),
        ("€\u00a018,09", "EUR", "18.09"),
        ("1200", "JPY", "1200"),
        ("1200.00", "JPY", "1200"),
    ],
)
def test_certain_amounts(text: str, currency: str, amount: str) -> None:
    assert parse_amount(text, currency) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "464.000", "1,234", "3.350", "34.992001", "17.990000000000002", ",89", "12,5", "12,500", "1.234.567", "25 00",
        "19,-", "-9.99", "0", "0.00", "1e3", "NaN", "Infinity", "$17.99", "£5", "from 9.99", "9.99-15.99", "9.99 EUR x",
        "Free shipping over $50", "1.234.56", "1,23,456.00", "9" * 40, "999999999", "１２", "²", "12.50.", "EUR",
    ],
)  # fmt: skip
def test_uncertain_amounts(text: str) -> None:
    with pytest.raises(NotCertain):
        parse_amount(text, "EUR")


def test_uncertain_amount_keeps_its_exact_text() -> None:
    extraction = read_json(book(offers=offer(price=" 464.000 ")))

    assert [(each.field, each.text) for each in extraction.doubts] == [("price", "464.000")]


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [("464.000", ",", "464000"), ("464.000", ".", "464"), ("1,234", ".", "1234"), ("12,5", ",", "12.5")],
)
def test_decimal_mark_of_the_shop(text: str, mark: str, amount: str) -> None:
    assert read_product(book(offers=offer(price=text)), hints=Hints(decimal_mark=mark)).price == Decimal(amount)


def test_currency_of_the_shop() -> None:
    unstated = book(offers=offer(priceCurrency=None))
    extraction = read_json(unstated, hints=Hints(currency="EUR"))

    assert (extraction.product, extraction.sources["currency"]) == (RIGHT, Source.SETTINGS)
    other = read_json(BOOK, hints=Hints(currency="USD"))
    assert reasons(other) == ["the currency is not certain (EUR)"]
