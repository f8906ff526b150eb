"""Finding books in the catalogue."""

import unicodedata


def fold(text: str) -> str:
    """The form in which text is compared and sorted: without case, accents or runs of spaces.

    `Émile  ZOLA` becomes `emile zola`. Letters that Unicode does not decompose (`ø`, `ł`) stay as they are.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())
