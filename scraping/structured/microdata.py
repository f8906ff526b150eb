"""Reads microdata (https://html.spec.whatwg.org/multipage/microdata.html) into nodes."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from scraping.structured.document import Document
from scraping.structured.element_text import read_value
from scraping.structured.extraction import Source
from scraping.structured.node import Node, Value, parse_name

# The axis of attributes takes a quarter of the time of `//*[@itemscope or @itemprop]`.
MARKED = "descendant-or-self::*/@itemscope/.. | descendant-or-self::*/@itemprop/.."
MAX_ELEMENTS = 5_000  # a page with more is not read as microdata
PAGE_TYPES = frozenset({"collectionpage", "itempage", "searchresultspage", "webpage"})
Properties = dict[str, list[Value]]


@dataclass(frozen=True, slots=True)
class MicrodataStatements:
    """`nodes` are the items that belong to no other item or only to the page (such as WebPage).

    `loose` has the properties that belong to no item or only to the page, among them items such as an offer.
    """

    nodes: tuple[Node, ...]
    loose: Node


def read_microdata(document: Document) -> MicrodataStatements:
    elements = document.root.xpath(MARKED)
    reader = _Reader(elements if len(elements) <= MAX_ELEMENTS else [], document)
    return MicrodataStatements(*reader.read())


class _Reader:
    """`_pages` are the items that describe the page as such. What belongs to them belongs to no product."""

    def __init__(self, elements: list[Any], document: Document) -> None:
        self._elements = elements
        self._properties: dict[Any, Properties] = {
            element: defaultdict(list) for element in elements if element.get("itemscope") is not None
        }
        self._items = {element: _create_item(element, stated) for element, stated in self._properties.items()}
        self._owners = self._find_references(document)
        self._pages: set[Any] = set()

    def read(self) -> tuple[tuple[Node, ...], Node]:
        """The items of their own, and a node of the loose properties."""
        nodes, loose = [], defaultdict[str, list[Value]](list)
        for element in self._elements:
            owner = self._find_owner(element)
            is_loose = owner is None or owner in self._pages
            self._add_properties(
                element, [self._properties[owner]] if owner is not None else [], loose if is_loose else {}
            )
            if is_loose and element in self._items and set(_find_names(element)) <= {"mainentity"}:
                nodes.append(self._items[element])
            if is_loose and element in self._items and self._items[element].types & PAGE_TYPES:
                self._pages.add(element)
        return tuple(nodes), Node(Source.MICRODATA, frozenset(), loose)

    def _find_references(self, document: Document) -> dict[Any, Any]:
        """The owners of the elements that items name in `itemref`."""
        references = {name: item for item in self._items for name in (item.get("itemref") or "").split()}
        if not references:
            return {}
        named = ((element, element.get("id")) for element in document.root.xpath("//*[@id]"))
        return {element: references[name] for element, name in named if name in references}

    def _find_owner(self, element: Any) -> Any:
        """The nearest item around the element, or the one that refers to the element or to one around it.

        Stores the owner, so that the search for its descendants ends here.
        """
        ancestor = element
        while ancestor is not None and ancestor not in self._owners:
            ancestor = ancestor.getparent()
            if ancestor in self._items:
                self._owners[element] = ancestor
                return ancestor
        owner = None if ancestor is None else self._owners[ancestor]
        self._owners[element] = owner
        return owner

    def _add_properties(self, element: Any, targets: list[Properties], loose: Properties) -> None:
        for name in _find_names(element):
            value = self._items[element] if element in self._items else read_value(element, name)
            for target in [*targets, loose]:
                target.setdefault(name, []).append(value)


def _create_item(element: Any, properties: Properties) -> Node:
    types = frozenset(name for text in (element.get("itemtype") or "").split() if (name := parse_name(text)))
    return Node(Source.MICRODATA, types, properties, element.get("itemid"))


def _find_names(element: Any) -> list[str]:
    return [name for text in (element.get("itemprop") or "").split() if (name := parse_name(text))]
