"""The authors of a product."""

import re
from collections.abc import Iterable, Iterator

from core.text import fold
from scraping.structured.extraction import Source
from scraping.structured.names import clean_name
from scraping.structured.node import Node

ADDRESS = re.compile(r"(?:https?:)?//|www\.|/", re.IGNORECASE)
MAX_NAME = 300  # characters
PLACEHOLDERS = frozenset({
    "", "-", "n a", "na", "nan", "none", "not available", "null", "undefined", "unknown", "unknown author",
})  # fmt: skip


def choose_authors(nodes: Iterable[Node]) -> tuple[tuple[str, ...], Source] | None:
    """The authors of the first node that states any. Names are split at `;` only: a comma is also part of names."""
    for node in nodes:
        names: dict[str, str] = {}
        for name in _find_names(node):
            names.setdefault(fold(name), name)
        if names:
            return tuple(names.values()), node.source
    return None


def _find_names(node: Node) -> Iterator[str]:
    people = [text for value in node.properties.get("author", ()) for text in _read_name(value)]
    names = (name.strip().removeprefix("by ") for text in people for name in (clean_name(text) or "").split(";"))
    return (name for name in names if _is_name(name))


def _is_name(text: str) -> bool:
    """Whether the text can be a name: not a placeholder, and without a label such as `Author:`."""
    return len(text) <= MAX_NAME and ":" not in text and fold(text) not in PLACEHOLDERS


def _read_name(value: str | Node) -> tuple[str, ...]:
    """The name of a person, who may also be stated as text. Several names of one person are not certain."""
    if isinstance(value, Node):
        names = value.texts("name")
        return names if len(names) == 1 else ()
    return () if ADDRESS.match(value.strip()) else (value,)
