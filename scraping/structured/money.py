"""Converts the text of a price to an amount, if it has one meaning only."""

import re
from decimal import Decimal

from books.records import MAX_PRICE
from core.money import count_decimals
from scraping.structured.currencies import strip_sign

AMBIGUOUS = "the number can be read in two ways"
NOT_A_PRICE = "is not a number with a sign that fits the currency"
TOO_PRECISE = "has more decimals than the currency"
NO_PRICE = "a price of zero is also stated for products that are not sold"
TOO_LARGE = "is not a plausible price"
# Three digits after the only separator may be thousands or decimals; four and more cannot be thousands.
PLAIN = re.compile(r"\d+(?:\.(?!\d{3}\Z)\d{1,2}0*)?")
DECIMAL_COMMA = re.compile(r"\d+,\d\d")
GROUPED_BY_DOTS = re.compile(r"\d{1,3}(?:\.\d{3})+,\d\d")
GROUPED_BY_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+\.\d\d")
GROUPED_BY_SPACES = re.compile(r"\d{1,3}(?: \d{3})+[.,]\d\d")
SETTLED = {
    ",": re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?"),
    ".": re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"),
}
MAX_LENGTH = 30  # characters


class NotCertain(ValueError):
    """The text is not certain to be one amount. The message is the reason."""


def parse_amount(text: str, currency: str, decimal_mark: str | None = None) -> Decimal:
    """Raises NotCertain. `decimal_mark` settles numbers such as `1.234`, which are ambiguous without it."""
    number = strip_sign(text, currency) if len(text) <= MAX_LENGTH else None
    if number is None or not number.isascii():
        raise NotCertain(NOT_A_PRICE)
    amount = _parse_number(number, decimal_mark)
    decimals = min(count_decimals(currency), 2)
    if amount != round(amount, decimals):
        raise NotCertain(TOO_PRECISE)
    if not amount:
        raise NotCertain(NO_PRICE)
    if amount > MAX_PRICE:
        raise NotCertain(TOO_LARGE)
    return round(amount, min(2, -int(amount.as_tuple().exponent)))


def _parse_number(number: str, decimal_mark: str | None) -> Decimal:
    if PLAIN.fullmatch(number) or GROUPED_BY_COMMAS.fullmatch(number):
        return Decimal(number.replace(",", ""))
    if DECIMAL_COMMA.fullmatch(number) or GROUPED_BY_DOTS.fullmatch(number):
        return Decimal(number.replace(".", "").replace(",", "."))
    if GROUPED_BY_SPACES.fullmatch(number):
        return Decimal(number.replace(" ", "").replace(",", "."))
    if decimal_mark and SETTLED[decimal_mark].fullmatch(number):
        group = "." if decimal_mark == "," else ","
        return Decimal(number.replace(group, "").replace(decimal_mark, "."))
    raise NotCertain(AMBIGUOUS)


def can_mean(text: str, amount: Decimal) -> bool:
    """Whether a text that is not certain can be read as this amount: its last separator groups digits or not."""
    marks_and_digits = re.sub(r"[^\d.,]", "", text, flags=re.ASCII)[:MAX_LENGTH].strip(".,")
    whole, _, decimals = marks_and_digits.replace(",", ".").rpartition(".")
    digits = whole.replace(".", "")
    readings = [digits + decimals, f"{digits}.{decimals}"] if digits else [decimals]
    return any(Decimal(reading) == amount for reading in readings if reading)
