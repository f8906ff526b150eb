"""Single values of Open Library's documents: what is certain, or None."""

import re
import unicodedata
from collections import Counter
from typing import Any

from stdnum import isbn

from books.records import CONTROL_CHARACTER, MAX_TEXT

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
YEAR = "(1[0-9]{3}|20[0-9]{2})"
# 1995 · 2018-01 · 2018-01-18 · Jul 2016 · Jul 29, 2016 · 29 July 2016. Anything else may mean a range or a guess.
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
IDENTIFIER = re.compile(r"(?:/[a-z]{1,10}/)?(OL[1-9][0-9]{0,19}[AMW])")
MAX_NUMBER = 2**31 - 1
MAX_ITEMS = 5_000  # of a list; a work of a thousand editions lists some thousand ISBNs


def clean(value: Any, kind: str) -> str | None:
    """Text, from a string or `{"type", "value"}`: one kind of line end, no control characters, at most MAX_TEXT[kind].

    What is too long is cut, with an ellipsis; what is empty is None. Only a description keeps its lines.
    """
    text = value.get("value") if isinstance(value, dict) else value
    if not isinstance(text, str):
        return None
    limit = MAX_TEXT[kind]
    text = CONTROL_CHARACTER.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip() if kind == "description" else " ".join(text.split())
    return (text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…") or None


def items(value: Any) -> list[Any]:
    """A list's items; none of anything else."""
    return value[:MAX_ITEMS] if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    """A whole number that a column can hold; true and 3.5 are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER else None


def identifier(value: Any, letter: str) -> str | None:
    """`OL45804W`, out of that or `/works/OL45804W`."""
    found = IDENTIFIER.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found and found[1].endswith(letter) else None


def isbns(value: Any) -> list[str]:
    """The valid ones of a list, each once, as 13 digits."""
    texts = (each for each in items(value) if isinstance(each, str) and len(each) <= 30)
    return list(dict.fromkeys(number for number in map(as_isbn_13, texts) if number))


def as_isbn_13(text: str) -> str | None:
    """13 digits, from an ISBN of 10 or 13, with hyphens or not; None where it is none or its check digit is wrong."""
    if not text.isascii() or not isbn.is_valid(text):
        return None
    return str(isbn.to_isbn13(isbn.compact(text)))


def language(value: Any) -> str | None:
    found = LANGUAGE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def certain_year(value: Any) -> int | None:
    """The year of a date in free text, where it can mean no other: never of `19xx?`, `c1995` or `1994-95`."""
    text = " ".join(value.split()) if isinstance(value, str) and len(value) < 50 else ""
    found = next((match for match in (pattern.fullmatch(text) for pattern in DATES) if match), None)
    return int(found[1]) if found else None


def script(text: str) -> str:
    """The writing that most letters are of, as Unicode names it: LATIN, CYRILLIC, CJK; empty where there are none."""
    scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return scripts.most_common(1)[0][0] if scripts else ""


def of_script(wanted: str, names: list[str]) -> list[str]:
    return [name for name in names if script(name) == wanted]
