"""Texts from outside, such as titles, as single lines."""

from unicodedata import bidirectional

from core.text import to_printable

MAX_LENGTH = 200  # characters
JOINERS = frozenset("\u200c\u200d")  # invisible, but part of the spelling of Persian, Indian and other languages
FIRST_STRONG_ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"  # UAX 9


def to_line(text: str) -> str:
    """One printable line, for headers and subjects: titles come from outside."""
    words = " ".join(text.replace("\u00ad", "").split())  # soft hyphens
    line = "".join(each if each in JOINERS else to_printable(each) for each in words)
    return shorten(line, MAX_LENGTH)


def shorten(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def isolate(title: str) -> str:
    """Keeps a title that is written from right to left from changing the order of the price after it."""
    is_mixed = any(bidirectional(character) in {"R", "AL"} for character in title)
    return f"{FIRST_STRONG_ISOLATE}{title}{END_OF_ISOLATE}" if is_mixed else title
