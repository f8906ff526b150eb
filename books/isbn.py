"""ISBNs as people and sources write them."""

import re
import unicodedata

from stdnum import isbn

LABEL = re.compile(r"^\W*e?isbn(?:[\s-]*1[03](?![0-9]))?[\s:#.-]*(?:n[or]\b)?\W*", re.IGNORECASE)
REMARK = re.compile(r"\([^()]*[a-z][^()]*\)\W*$", re.IGNORECASE)  # such as (pbk.)
SHEET_MUSIC = "9790"
MAX_LENGTH = 60  # characters with a label, hyphens and a remark
NOT_AN_ISBN = "Not an ISBN: its length or its check digit is wrong."
NUMBER_OF_MUSIC = "Not an ISBN: numbers that start with 979-0 are those of sheet music (ISMN)."


def parse_isbn(text: str) -> str | None:
    """Converts an ISBN-10 or ISBN-13 to 13 digits. Returns None if the length or the check digit is wrong.

    Numbers from 979-0 are those of sheet music (ISMN, ISO 10957), not ISBNs.

    Accepts a label (`ISBN-13:`), digits of any script, and every kind of dash, space, bracket and invisible character
    around and between the digits.
    """
    number = _strip(text)
    return isbn.to_isbn13(number) if isbn.is_valid(number) and not number.startswith(SHEET_MUSIC) else None


def describe_error(text: str) -> str:
    """The reason why `parse_isbn` rejects a text, as a sentence."""
    number = _strip(text)
    return NUMBER_OF_MUSIC if isbn.is_valid(number) and number.startswith(SHEET_MUSIC) else NOT_AN_ISBN


def _strip(text: str) -> str:
    """The digits, without label, remark and punctuation. Empty for a text that is too long."""
    if len(text) > MAX_LENGTH:
        return ""
    plain = "".join(map(_simplify, unicodedata.normalize("NFKC", text)))
    return re.sub(r"[\s()\[\].-]", "", REMARK.sub("", LABEL.sub("", plain))).upper()


def _simplify(character: str) -> str:
    """An ASCII digit or hyphen for those of other scripts, and nothing for an invisible character."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    return "" if category in {"Cf", "Cc"} and not character.isspace() else character
