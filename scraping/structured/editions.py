"""Which edition of a book, or which variant of a product, a page offers."""

from scraping.structured.addresses import has_same_number, names_address
from scraping.structured.document import Document
from scraping.structured.extraction import Doubt, doubt
from scraping.structured.isbns import find_address_isbns, find_isbns
from scraping.structured.node import Node

EDITIONS = ("workexample", "hasvariant")


def choose_edition(node: Node, document: Document) -> Node | Doubt | None:
    """The edition that the page's address names, otherwise the only one. None if the product has no editions."""
    editions = [edition for name in EDITIONS for edition in node.nodes(name)]
    if len(editions) <= 1:
        return editions[0] if editions else None
    address_isbns = find_address_isbns(document.url)
    for named in (
        [edition for edition in editions if names_address(edition, document, document.url)],
        [edition for edition in editions if find_isbns(edition) & address_isbns],
        [edition for edition in editions if has_same_number(edition, document)],
    ):
        if len(named) == 1:
            return named[0]
    return doubt("price", f"the page states {len(editions)} editions or variants, and not which of them it offers")
