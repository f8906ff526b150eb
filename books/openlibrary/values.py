"""Parses single values of Open Library's documents. Returns None for a value that is not certain."""

import html
import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from books.isbn import parse_isbn
from books.records import CONTROL_CHARACTER, MAX_TEXT, MIN_YEAR

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
YEAR = "(1[0-9]{3}|20[0-9]{2})"
# 1995 · 2018-01 · 2018-01-18 · Jul 2016 · Jul 29, 2016 · 29 July 2016. Other forms may be ranges or estimates.
DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{YEAR}",
        rf"{YEAR}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?",
        rf"(?:{MONTHS})\.?,? {YEAR}",
        rf"(?:{MONTHS})\.? {DAY},? {YEAR}",
        rf"{DAY} (?:{MONTHS})\.?,? {YEAR}",
    )
]
LANGUAGE = re.compile(r"(?:/languages/)?([a-z]{2,8})")
REFERENCE = re.compile(
    r"(?:(?:https?://)?(?:www\.|m\.)?openlibrary\.org)?/?(?:(?:works|books)/)?"
    r"(OL[1-9][0-9]{0,19}[WM])(?:\.json)?(?:[/?#].*)?",
    re.IGNORECASE,
)
C1_CONTROL = re.compile(r"[\x80-\x9f]")  # MARC marks the article of a title with some of them
ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
NO_YEARS = {-1, 0, 1}  # values for an unknown year
JAPANESE = {"HIRAGANA", "KATAKANA", "CJK"}  # the scripts of one language
IDENTIFIER = re.compile(r"(?:/[a-z]{1,10}/)?(OL[1-9][0-9]{0,19}[AMW])")
MAX_NUMBER = 2**31 - 1
MAX_ITEMS = 5_000  # of a list; a work with a thousand editions lists several thousand ISBNs


def clean_text(value: Any, kind: str) -> str | None:
    """Reads text from a string or from `{"type", "value"}`.

    Decodes HTML entities once, removes control characters and normalises line ends. Text longer than MAX_TEXT[kind]
    ends with an ellipsis; empty text is None. Only a description keeps line breaks.
    """
    text = value.get("value") if isinstance(value, dict) else value
    if not isinstance(text, str):
        return None
    limit = MAX_TEXT[kind]
    text = ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = CONTROL_CHARACTER.sub("", C1_CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip() if kind == "description" else " ".join(text.split())
    return (text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…") or None


def list_items(value: Any) -> list[Any]:
    """The items of a list; empty for any other value."""
    return value[:MAX_ITEMS] if isinstance(value, list) else []


def parse_integer(value: Any) -> int | None:
    """A whole number within the range of a column. Booleans and fractions are not numbers."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER else None


def parse_count(value: Any) -> int | None:
    """A whole number that is not negative."""
    number = parse_integer(value)
    return number if number is not None and number >= 0 else None


def parse_key(value: Any, letter: str) -> str | None:
    """`OL45804W` from `OL45804W` or `/works/OL45804W`; `letter` is W, M or A."""
    match = IDENTIFIER.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match and match[1].endswith(letter) else None


def parse_reference(text: str) -> str | None:
    """The key of a work (OL…W) or an edition (OL…M), from the key in any case or from an address of Open Library."""
    match = REFERENCE.fullmatch(text.strip())
    return match[1].upper() if match else None


def parse_publish_year(value: Any) -> int | None:
    """The year of a search row, at the latest the next one. Some rows contain a wrong or a placeholder year."""
    number = parse_integer(value)
    is_possible = number is not None and MIN_YEAR <= number <= datetime.now(UTC).year + 1
    return number if is_possible and number not in NO_YEARS else None


def parse_isbns(value: Any) -> list[str]:
    """The valid ISBNs of a list as 13 digits, without duplicates."""
    texts = (each for each in list_items(value) if isinstance(each, str))
    return list(dict.fromkeys(number for number in map(parse_isbn, texts) if number))


def parse_language(value: Any) -> str | None:
    match = LANGUAGE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def parse_year(value: Any) -> int | None:
    """The year of a date in free text, if the text has one meaning: None for `19xx?`, `c1995` and `1994-95`."""
    text = " ".join(value.split()) if isinstance(value, str) and len(value) < 50 else ""
    match = next((match for match in (pattern.fullmatch(text) for pattern in DATES) if match), None)
    return parse_publish_year(int(match[1])) if match else None


def main_script(text: str) -> str:
    """The script of most letters, as Unicode names it: LATIN, CYRILLIC, CJK. Empty if the text has no letters."""
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    scripts = Counter("CJK" if name in JAPANESE else name for name in names)
    return scripts.most_common(1)[0][0] if scripts else ""


def names_in_script(script: str, names: list[str]) -> list[str]:
    return [name for name in names if main_script(name) == script]
