"""How text is compared: by its folded form."""

import unicodedata

APOSTROPHES = frozenset("'’‘ʼ`´")
MAX_KEY_LENGTH = 600  # a PostgreSQL index entry holds some 2,700 bytes, and a few letters fold into many
TELLING = frozenset("%_#&@")  # punctuation that tells titles apart: `C#`, `100%`


class _Folding(dict[int, str]):
    """For `str.translate`: accents, apostrophes and what is invisible go, other punctuation separates words.

    Learns as it is asked.
    """

    most = 20_000  # entries: nobody's rare characters fill the memory

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.combining(character) or character in APOSTROPHES or unicodedata.category(character) == "Cf":
            character = ""
        elif _is_punctuation(character) and character not in TELLING:
            character = " "
        if len(self) < self.most:
            self[code] = character
        return character


def key_of(text: str) -> str:
    """The folded form as it is stored and looked for."""
    return fold(text)[:MAX_KEY_LENGTH].rstrip()


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


_folding = _Folding()


def fold(text: str) -> str:
    """The form in which text is compared and sorted: without case, accents, punctuation or runs of spaces.

    `Émile ZOLA: Germinal` becomes `emile zola germinal`, `Don't` becomes `dont`. Letters that Unicode does not
    decompose (`ø`, `ł`) stay as they are. What is nothing but punctuation keeps it.
    """
    # The acute accent that stands alone is meant as an apostrophe; decomposed it would be a space.
    decomposed = text if text.isascii() else unicodedata.normalize("NFKD", text.replace("´", "'"))
    words = decomposed.translate(_folding).casefold().split()
    return " ".join(words) or "".join(filter(_is_punctuation, text))
