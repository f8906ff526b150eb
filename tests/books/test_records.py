"""Records reject values that the database would reject."""

from decimal import Decimal
from typing import Any

import pytest

from books.records import RecordError
from tests.support.factories import make_record


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "x" * 501}),
        ("title", {"title": "nul \x00 byte"}),
        ("title", {"title": "half a pair \ud800"}),
        ("description", {"description": ""}),
        ("upc", {"upc": "9" * 65}),
        ("price", {"price": Decimal("-0.01")}),
        ("price", {"price": Decimal("100000000")}),
        ("price", {"price": Decimal("1.005")}),
        ("price", {"price": Decimal("NaN")}),
        ("currency", {"currency": None}),
        ("currency", {"price": None}),
        ("currency", {"currency": "POUNDS"}),
        ("currency", {"currency": "XXX"}),
        ("price", {"price": Decimal("12.50"), "currency": "JPY"}),
        ("isbn_13", {"isbn_13": "123"}),
        ("isbn_13", {"isbn_13": "9780306406158"}),
        ("isbn_13", {"isbn_13": "9790001016643"}),
        ("isbn_13", {"isbn_13": "978-0-306-40615-7"}),
        ("source", {"source": "x" * 33}),
        ("rating", {"rating": 0}),
        ("rating", {"rating": 6}),
        ("stock", {"stock": -1}),
        ("stock", {"stock": 2**31}),
        ("first_publish_year", {"first_publish_year": 10_000}),
        ("price_text", {"price_text": "10.00"}),
        ("languages", {"languages": ("eng", " ")}),
        ("isbn_13", {"isbn_13": "9770141182636"}),
    ],
)
def test_invalid_values_are_rejected_with_the_field(field: str, values: dict[str, Any]) -> None:
    with pytest.raises(RecordError) as caught:
        make_record(**values)

    assert caught.value.field == field


@pytest.mark.parametrize(("price", "currency"), [("1200", "JPY"), ("1200.00", "JPY"), ("1.25", "KWD"), ("9.99", "GBP")])
def test_prices_have_the_decimals_of_their_currency(price: str, currency: str) -> None:
    record = make_record(price=Decimal(price), currency=currency)

    assert record.price == Decimal(price)
