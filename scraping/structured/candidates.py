"""Which nodes can be the product of the page."""

from collections.abc import Iterable, Iterator

from scraping.structured.editions import EDITIONS
from scraping.structured.isbns import find_isbns
from scraping.structured.names import clean_name
from scraping.structured.node import Node

PRODUCT_TYPES = frozenset({"audiobook", "book", "individualproduct", "product", "productgroup"})
BOOK_TYPES = frozenset({"audiobook", "book"})
LIST_TYPES = frozenset({"collectionpage", "searchresultspage"})
OFFER_TYPES = frozenset({"offer", "aggregateoffer"})


def find_candidates(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Products at the top level and those that a page names as its main entity.

    Products inside of lists, reviews, other products and recommendations describe other things than the page.
    """
    found = [candidate for node in nodes for candidate in _unfold(node) if _is_informative(candidate)]
    return tuple(dict.fromkeys(found))


def _unfold(node: Node) -> Iterator[Node]:
    if node.types & PRODUCT_TYPES:
        yield node
    else:
        yield from (entity for entity in node.nodes("mainentity") if entity.types & PRODUCT_TYPES)


def _is_informative(node: Node) -> bool:
    return bool(node.texts("name")) or is_sold(node)


def is_sold(node: Node) -> bool:
    """Whether it is a book or offered. Others are often the subject of a rating, such as a category or the shop."""
    has_offers = any(node.properties.get(name) for name in ("offers", "price", "potentialaction", *EDITIONS))
    return has_offers or bool(find_isbns(node) or (node.types & BOOK_TYPES and node.texts("name")))


def find_rivals(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Things at the top level that are no products and have offers: one of them may be the page's own."""
    return tuple(node for node in nodes if not node.types & (PRODUCT_TYPES | OFFER_TYPES) and node.nodes("offers"))


def is_list(nodes: Iterable[Node]) -> bool:
    """Whether the page states that it is a list of search results or of a collection."""
    return any(node.types & LIST_TYPES for node in nodes)


def describes_product(loose: Node) -> bool:
    """Whether properties that belong to no product are those of one."""
    return any(loose.properties.get(name) for name in ("isbn", "offers", "price"))


def find_names(node: Node) -> tuple[str, ...]:
    """The different readable names of a node."""
    return tuple(dict.fromkeys(name for text in node.texts("name") if (name := clean_name(text))))
