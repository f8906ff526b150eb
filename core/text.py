"""Case folding, the form in which text is compared and sorted; and a printable form of text from outside."""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

APOSTROPHES = frozenset("'’‘ʼ`´")
MAX_SHOWN = 50  # characters of an invalid value in an error message
MAX_KEY_LENGTH = 600  # a PostgreSQL index entry holds about 2,700 bytes, and one letter can fold into several
XML_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SIGNIFICANT_PUNCTUATION = frozenset("%_#&@")  # distinguishes titles such as `C#` and `100%`


class _FoldingTable(dict[int, str]):
    """A table for `str.translate`, filled on demand.

    Removes accents, apostrophes and invisible characters; replaces other punctuation by a space.
    """

    max_entries = 20_000  # bounds the memory that rare characters can take

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.combining(character) or character in APOSTROPHES or unicodedata.category(character) == "Cf":
            character = ""
        elif _is_punctuation(character) and character not in SIGNIFICANT_PUNCTUATION:
            character = " "
        if len(self) < self.max_entries:
            self[code] = character
        return character


_folding_table = _FoldingTable()


def fold(text: str) -> str:
    """Removes case, accents, punctuation and repeated spaces.

    `Émile ZOLA: Germinal` becomes `emile zola germinal`, `Don't` becomes `dont`. Letters that Unicode does not
    decompose (`ø`, `ł`) are unchanged. Text that consists of punctuation keeps it.
    """
    # A standalone acute accent is used as an apostrophe; NFKD would turn it into a space.
    decomposed = text if text.isascii() else unicodedata.normalize("NFKD", text.replace("´", "'"))
    words = decomposed.translate(_folding_table).casefold().split()
    return " ".join(words) or "".join(filter(_is_punctuation, text))


def fold_to_key(text: str) -> str:
    """Folds text for an indexed column: cut to MAX_KEY_LENGTH characters."""
    return fold(text)[:MAX_KEY_LENGTH].rstrip()


def to_printable(text: str) -> str:
    """Replaces characters that a terminal, a log or a database may not accept or show by escapes such as `\\x1b`.

    These are control characters, line separators, invisible characters that change the direction of text, surrogates
    and unassigned characters.
    """
    return "".join(_escape(character) if _is_unprintable(character) else character for character in text)


def remove_xml_controls(text: str) -> str:
    """Removes the characters that XML 1.0 does not allow, not even as references."""
    return XML_FORBIDDEN.sub("", text)


def _is_unprintable(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def suggest(name: str, known: Collection[str]) -> str:
    """The remedy in the error message about an unknown name, with a space after it; empty if no name is similar."""
    nearest = get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    return f"Did you mean {nearest[0]!r}? " if nearest else ""


def describe_unknown_choice(value: str, choices: Collection[str]) -> str:
    shown = value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…"
    return f"{shown!r} is not a valid value. {suggest(value, choices)}The values are: {', '.join(choices)}."
