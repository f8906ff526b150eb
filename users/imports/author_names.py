"""The names of authors in one cell, which programs separate by commas although a name can have one."""

import re
from collections.abc import Iterable

from core.text import fold
from users.imports.texts import clean_line, split_names

# Surnames start with these words: `Le Guin, Ursula K.` is one author.
PARTICLES = re.compile(
    r"(?:de|der|den|des|di|da|dal|del|della|do|dos|du|el|la|le|les|mac|mc|st\.?|ten|ter|van|von|zu)\s", re.I
)
NAME_WITH_ROLE = re.compile(r"(.*\S)\s*\(([^()]*)\)")
AUTHOR = {"author", "writer", "co author", "coauthor"}
HELPERS = {
    "translator", "illustrator", "narrator", "reader", "introduction", "foreword", "afterword", "preface",
    "cover artist", "cover designer", "designer", "photographer", "letterer", "colorist", "inker",
}  # fmt: skip


def split_authors(text: str) -> list[str]:
    """Several authors are separated by commas, and readers enter `Smith, Mark` too.

    A comma separates authors only if every part has a first name and a surname. Other text is kept as one name.
    """
    names = split_names(text)
    is_list = all(" " in name for name in names) and not PARTICLES.match(text)
    return names if is_list else [clean_line(text)]


def split_as_sorted(text: str, sort_names: str) -> list[str]:
    """Splits authors, given their names for sorting: `King, Stephen & Straub, Peter`.

    The comma of `text` separates authors if that gives as many names.
    """
    names, number = split_names(text), len(sort_names.split("&"))
    if sort_names and len(names) != number:
        return [clean_line(text)]
    return names if sort_names else split_authors(text)


def keep_authors(names: Iterable[str]) -> list[str]:
    """Removes translators, narrators and others from names with roles, such as `Simon Vance (Narrator)`."""
    return [name for each in names if (name := _read_author(each))]


def _read_author(text: str) -> str | None:
    """The name without its role. None for a helper. Other parentheses belong to the name: `Saki (H. H. Munro)`."""
    match = NAME_WITH_ROLE.fullmatch(text)
    roles = set(map(fold, match[2].split("/"))) if match else set()
    if match and roles & AUTHOR:
        return match[1]
    return None if roles & HELPERS else text
