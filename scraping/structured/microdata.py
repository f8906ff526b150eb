"""Reads microdata (https://html.spec.whatwg.org/multipage/microdata.html) into nodes."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scraping.structured.document import Document
from scraping.structured.element_text import read_value
from scraping.structured.extraction import Source
from scraping.structured.node import Node, Value, parse_name

MAX_ELEMENTS = 10_000  # a page with more is not read as microdata
PAGE_TYPES = frozenset({"webpage", "itempage"})


@dataclass(frozen=True, slots=True)
class MicrodataStatements:
    """`nodes` are the items that belong to no other item or only to the page (WebPage, ItemPage).

    `loose` has the properties that belong to no item or only to the page, among them items such as an offer.
    """

    nodes: tuple[Node, ...]
    loose: Node


class _Reader:
    def __init__(self, document: Document) -> None:
        self._elements = document.root.xpath("//*[@itemscope or @itemprop]")
        self._items: dict[Any, Node] = {}
        self._properties: dict[Any, dict[str, list[Value]]] = {}
        self._referring: dict[Any, Any] = {}  # the items that refer to an element by `itemref`

    def read(self, document: Document) -> MicrodataStatements:
        loose: dict[str, list[Value]] = defaultdict(list)
        if len(self._elements) > MAX_ELEMENTS:
            return MicrodataStatements((), Node(Source.MICRODATA, frozenset(), {}))
        self._create_items(document)
        nodes = []
        for element in self._elements:
            owner = self._find_owner(element)
            is_loose = owner is None or self._belongs_to_page(owner)
            for name in _find_names(element):
                target = self._properties[owner] if owner is not None else loose
                target[name].append(self._read(element, name))
                if is_loose and owner is not None:
                    loose[name].append(self._read(element, name))
            if is_loose and element in self._items and set(_find_names(element)) <= {"mainentity"}:
                nodes.append(self._items[element])
        return MicrodataStatements(tuple(nodes), Node(Source.MICRODATA, frozenset(), loose))

    def _create_items(self, document: Document) -> None:
        for element in self._elements:
            if element.get("itemscope") is None:
                continue
            self._properties[element] = defaultdict(list)
            types = frozenset(filter(None, map(parse_name, (element.get("itemtype") or "").split())))
            identifier = element.get("itemid")
            self._items[element] = Node(Source.MICRODATA, types, self._properties[element], identifier)
            for reference in (element.get("itemref") or "").split():
                for referred in document.root.xpath("//*[@id=$id]", id=reference):
                    self._referring[referred] = element

    def _find_owner(self, element: Any) -> Any:
        """The nearest item around the element, or the one that refers to the element or to one around it."""
        for ancestor in _ancestors_or_self(element):
            if ancestor in self._referring:
                return self._referring[ancestor]
            if ancestor is not element and ancestor in self._items:
                return ancestor
        return None

    def _belongs_to_page(self, owner: Any) -> bool:
        """Whether the item and all around it describe the page as such."""
        seen = set()
        while owner is not None and owner not in seen and self._items[owner].types & PAGE_TYPES:
            seen.add(owner)
            owner = self._find_owner(owner)
        return owner is None

    def _read(self, element: Any, name: str) -> Value:
        return self._items[element] if element in self._items else read_value(element, name)


def read_microdata(document: Document) -> MicrodataStatements:
    return _Reader(document).read(document)


def _ancestors_or_self(element: Any) -> Iterator[Any]:
    yield element
    yield from element.iterancestors()


def _find_names(element: Any) -> list[str]:
    return [name for name in map(parse_name, (element.get("itemprop") or "").split()) if name]
