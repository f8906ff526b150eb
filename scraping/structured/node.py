"""The neutral form of all statements: nodes with types and properties of schema.org."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from scraping.structured.extraction import Source

VOCABULARY = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
OTHER_VOCABULARY = re.compile(r"[/:]")
Value = Union[str, "Node"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A thing that a page describes.

    `types` and the keys of `properties` are names of schema.org in lower case, because shops do not agree on the case.
    `identifier` is the `@id` or `itemid`. `is_repaired`: its JSON was not valid, and a part of this node was changed.
    """

    source: Source
    types: frozenset[str]
    properties: Mapping[str, Sequence[Value]]
    identifier: str | None = None
    is_repaired: bool = field(default=False, kw_only=True)

    def texts(self, name: str) -> tuple[str, ...]:
        """The different texts of a property, without blank ones."""
        texts = (value.strip() for value in self.properties.get(name, ()) if isinstance(value, str))
        return tuple(dict.fromkeys(text for text in texts if text))

    def nodes(self, name: str) -> tuple["Node", ...]:
        """The different nodes of a property."""
        return tuple(dict.fromkeys(value for value in self.properties.get(name, ()) if isinstance(value, Node)))

    def members(self, name: str) -> tuple[str, ...]:
        """The members of an enumeration, which pages state as text, as `{"@id": …}` or as a thing with a name."""
        nodes = self.nodes(name)
        identifiers = (node.identifier for node in nodes if node.identifier)
        return (*self.texts(name), *identifiers, *(text for node in nodes for text in node.texts("name")))

    def words(self, name: str) -> tuple[str, ...]:
        """The members of an enumeration without their addresses and in lower case, such as `instock`."""
        return tuple(word for text in self.members(name) if (word := parse_word(text)))

    def has_repairs(self) -> bool:
        """Whether this node or one of its descendants was repaired."""
        seen, pending = {self}, [self]
        while pending:
            node = pending.pop()
            if node.is_repaired:
                return True
            children = set(node._children()) - seen
            seen |= children
            pending += children
        return False

    def _children(self) -> Iterator["Node"]:
        return (value for values in self.properties.values() for value in values if isinstance(value, Node))


def parse_word(text: str) -> str:
    """The last part of an address or a prefixed name, in lower case: `newcondition` of schema:NewCondition."""
    return re.split(r"[/#:]", text.strip().rstrip("/"))[-1].strip().lower()


def parse_name(text: str) -> str | None:
    """The lower-case name of a type or property, None for a name of another vocabulary."""
    name = VOCABULARY.sub("", text.strip(), count=1).rstrip("/").lower()
    return None if not name or OTHER_VOCABULARY.search(name) else name
