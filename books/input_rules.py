"""The rules for an ISBN and a price that people enter.

Rows can have values that sources stated before a rule existed. They stay valid until a person changes them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from books.isbn import describe_error, parse_isbn
from core.money import count_decimals, fits_currency, is_currency

CHECKED_FIELDS = ("isbn_13", "price", "currency")


def find_errors(values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, str]:
    """The errors by field. `stored` are the present values of the row, empty for a new one."""
    errors = {}
    isbn = values.get("isbn_13")
    if isbn and isbn != stored.get("isbn_13") and parse_isbn(isbn) is None:
        errors["isbn_13"] = describe_error(isbn)
    if any(values.get(name) != stored.get(name) for name in ("price", "currency")):
        errors |= find_price_errors(values.get("price"), values.get("currency"))
    return errors


def find_price_errors(price: Decimal | None, currency: str | None, *, name: str = "price") -> dict[str, str]:
    """The errors by field. `name` is the field of the price."""
    if not currency:
        return {}
    if not is_currency(currency):
        return {"currency": f"{currency!r} is not a currency in use. Enter an ISO 4217 code, such as GBP."}
    if not isinstance(price, Decimal) or not price.is_finite():  # it has the error of its field
        return {}
    if fits_currency(price, currency):
        return {}
    allowed = f"at most {count_decimals(currency)} decimals" if count_decimals(currency) else "no decimals"
    return {name: f"{price} is no amount in {currency}. Enter one with {allowed}."}
