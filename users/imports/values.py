"""Single values of import files: ISBNs, ratings, numbers, booleans, formats.

Every function raises InvalidValue for text that is not certainly a value. Empty text is None.
"""

import re
from decimal import ROUND_CEILING, Decimal

from books.isbn import parse_isbn as parse_valid_isbn
from books.records import MAX_YEAR, MIN_YEAR
from core.text import fold

MAX_SHOWN = 50  # characters of an invalid value in a message
EXPONENT = re.compile(r"[0-9]+(?:[.,]([0-9]+))?E\+?[0-9]+", re.IGNORECASE)
FLOAT_OF_INTEGER = re.compile(r"([0-9]{9,13})[.,]0+")
SBN = re.compile(r"[0-9]{8}[0-9Xx]")
NUMBER = re.compile(r"[0-9]{1,10}(?:[.,][0-9]{1,6})?")
INTEGER = re.compile(r"[0-9]{1,9}(?:[.,]0+)?")
YEAR = re.compile(r"-?[0-9]{1,4}(?:[.,]0+)?")
HALF, TENTH = Decimal("0.5"), Decimal("0.1")
MAX_RATING = Decimal(5)
TRUE = {"true", "yes", "y", "1"}
FALSE = {"false", "no", "n", "0"}
FORMATS = {
    "paper": {
        "paperback", "hardcover", "hardback", "mass market paperback", "trade paperback", "library binding",
        "board book", "board books", "spiral bound", "paper", "print", "physical",
    },
    "ebook": {"ebook", "e book", "kindle edition", "kindle", "nook", "digital", "epub"},
    "audio": {
        "audio", "audiobook", "audio book", "audio cd", "audible audio", "audio cassette", "mp3 cd",
    },
}  # fmt: skip
FORMAT_BY_NAME = {name: value for value, names in FORMATS.items() for name in names}


class InvalidValue(ValueError):
    """The message completes a problem of a cell: a sentence about the value."""


def show(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")


def parse_isbn(text: str) -> str | None:
    """13 digits of an ISBN-10 or ISBN-13.

    A number of nine characters with a valid check digit is an ISBN-10 without its leading zero: ISO 2108 defines a
    Standard Book Number of nine characters as the ISBN-10 with a zero before it, and a spreadsheet drops the same zero.
    With two or more zeros lost, or as a rounded number (`9.78E+12`), the ISBN is not certain.
    """
    if not text:
        return None
    text = FLOAT_OF_INTEGER.sub(r"\1", text) if FLOAT_OF_INTEGER.fullmatch(text) else text
    number = parse_valid_isbn(f"0{text}" if SBN.fullmatch(text) else text)
    if number is not None:
        return number
    if EXPONENT.fullmatch(text):
        raise InvalidValue(f"{show(text)} is an ISBN that a spreadsheet has rounded. Use the file as it was exported.")
    if text.isascii() and text.isdigit() and len(text) < 10:
        raise InvalidValue(f"{show(text)} is too short for an ISBN. A spreadsheet may have removed zeros at its start.")
    raise InvalidValue(f"{show(text)} is not an ISBN: its start, length or check digit is wrong.")


def parse_number(text: str) -> Decimal | None:
    """A number without sign, with a point or comma before the decimals."""
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise InvalidValue(f"{show(text)} is not a number.")
    return Decimal(text.replace(",", "."))


def parse_rating(text: str, *, scale: int = 5) -> Decimal | None:
    """A rating as stated, from above 0 to `scale`, converted to a maximum of 5. Zero means that there is none."""
    number = parse_number(text)
    if not number:
        return None
    if number > scale:
        raise InvalidValue(f"{show(text)} is not a rating from 0 to {scale}.")
    return number * MAX_RATING / scale


def round_rating(stated: Decimal) -> Decimal:
    """Rounds up to the next half: 3.25 becomes 3.5."""
    return ((stated / HALF).to_integral_value(ROUND_CEILING) * HALF).quantize(TENTH)


def parse_integer(text: str) -> int | None:
    """A number of pages or readings. A spreadsheet may have written it as `2.0`."""
    if not text:
        return None
    if not INTEGER.fullmatch(text):
        raise InvalidValue(f"{show(text)} is not a whole number.")
    return int(re.split("[.,]", text)[0])


def parse_year(text: str) -> int | None:
    """A year, negative before the Common Era. Zero means that it is unknown."""
    if not text:
        return None
    if not YEAR.fullmatch(text):
        raise InvalidValue(f"{show(text)} is not a year.")
    year = int(re.split("[.,]", text)[0])
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise InvalidValue(f"{show(text)} is not a year.")
    return year or None


def parse_boolean(text: str) -> bool | None:
    if not text:
        return None
    folded = fold(text)
    if folded in TRUE | FALSE:
        return folded in TRUE
    raise InvalidValue(f"{show(text)} is neither yes nor no.")


def parse_format(text: str) -> str | None:
    """`paper`, `ebook` or `audio`, if the name of the binding is certain. Bindings have no fixed list."""
    return FORMAT_BY_NAME.get(fold(text.replace("_", " ")))
