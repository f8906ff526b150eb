"""Recognizes items of a library that are no books."""

import re

from core.text import fold
from users.imports.values import parse_format

# Whole words of the names that services give to discs and other media. Bindings of books are not in this list.
OTHER_MEDIA = re.compile(
    r"\b(?:dvds?|blu ?rays?|bluray|hd dvd|vhs|betamax|laserdiscs?|laser discs?|videos?|videodis[ck]s?|videocassettes?"
    r"|movies?|films?|cds?|compact dis[ck]s?|cassettes?|vinyl|music|albums?|sound recordings?"
    r"|audio recordings?|video ?games?|board ?games?|games?|puzzles?|maps?|globes?|posters?|photographs?|sheet music"
    r"|musical scores?|toys?)\b"
)
BOOK = re.compile(r"book|livre|buch|libro|livro|boek")  # `CD audiobook` and `Book with DVD` are books


def find_media(name: str) -> str | None:
    """The name, if it is certainly not that of a book. `Audio CD` is the binding of an audiobook."""
    folded = fold(name)
    is_book = read_binding(name) is not None or BOOK.search(folded)
    return name if OTHER_MEDIA.search(folded) and not is_book else None


def read_binding(name: str) -> str | None:
    """`paper`, `ebook` or `audio`, also from names such as `Paper Book` and `Physical Book`."""
    return parse_format(name) or parse_format(re.sub(r"\s+book$", "", name, flags=re.IGNORECASE))
