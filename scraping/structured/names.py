"""Names of books and people as pages state them."""

import html
import re
from collections.abc import Iterable

from core.text import fold

ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd\ufffe\uffff]")
MAX_LENGTH = 500  # characters
# Scripts that are written without spaces: their words are compared by pairs of characters.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")  # a syllable, not a letter
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
MIN_WORD = 4  # letters of a word that identifies a title


def clean_name(text: str) -> str | None:
    """Decodes entities, at most twice, and joins lines. None for a blank, overlong or garbled text, and for HTML.

    Templates often encode a text that is encoded already: `&amp;uuml;`.
    """
    for _ in range(2):
        text = ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = " ".join(text.split())
    is_readable = 0 < len(text) <= MAX_LENGTH and not UNREADABLE.search(text) and not MARKUP.search(text)
    return text if is_readable else None


def is_confirmed(name: str, headings: Iterable[str]) -> bool:
    """Whether a heading has a word of the name, or one consists of words of the other.

    A common word of up to three letters (`the`, `der`) is not enough.
    """
    words = _find_words(name)
    return any(_match(words, _find_words(heading)) for heading in headings)


def is_same_name(name: str, other: str) -> bool:
    return fold(name) == fold(other)


def _match(words: set[str], others: set[str]) -> bool:
    if not (words and others):
        return False
    return words <= others or others <= words or any(_identifies(word) for word in words & others)


def _identifies(word: str) -> bool:
    is_long = len(word) >= MIN_WORD or bool(UNSPACED.match(word)) or (len(word) > 1 and bool(HANGUL.match(word)))
    return is_long and not word.isdigit()


def _find_words(text: str) -> set[str]:
    words: set[str] = set()
    for word in fold(text).split():
        pairs = {word[start : start + 2] for start in range(len(word) - 1)} if UNSPACED.search(word) else set()
        words |= pairs or {word}
    return words
