"""The authors of a product."""

import re
from collections.abc import Iterable, Iterator

from core.text import fold
from scraping.structured.extraction import Source
from scraping.structured.names import clean_name
from scraping.structured.node import Node

ADDRESS = re.compile(r"(?:https?:)?//|www\.|/", re.IGNORECASE)
MAX_NAME = 300  # characters


def choose_authors(nodes: Iterable[Node]) -> tuple[tuple[str, ...], Source] | None:
    """The authors of the first node that states any. Names are not split: a comma is also part of names."""
    for node in nodes:
        names: dict[str, str] = {}
        for name in _find_names(node):
            names.setdefault(fold(name), name)
        if names:
            return tuple(names.values()), node.source
    return None


def _find_names(node: Node) -> Iterator[str]:
    people = [text for value in node.properties.get("author", ()) for text in _read_name(value)]
    return (name for text in people if (name := clean_name(text)) and len(name) <= MAX_NAME)


def _read_name(value: str | Node) -> tuple[str, ...]:
    """The name of a person, who may also be stated as text. Several names of one person are not certain."""
    if isinstance(value, Node):
        names = value.texts("name")
        return names if len(names) == 1 else ()
    return () if ADDRESS.match(value.strip()) else (value,)
