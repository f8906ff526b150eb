"""Reads OpenGraph (https://ogp.me) and its product properties into a node.

The product properties are those of Facebook's catalogues: `product:price:amount`, `product:availability` and others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from scraping.structured.document import Document
from scraping.structured.extraction import Source
from scraping.structured.node import Node, Value

PRODUCT_TYPES = frozenset({"product", "og:product", "product.item", "book", "books.book"})
# The first one found is the price to pay: `product:price` is the regular price if a sale price is stated.
AMOUNTS = ("product:sale_price:amount", "product:price:amount", "og:price:amount")
CURRENCIES = ("product:sale_price:currency", "product:price:currency", "og:price:currency")
AVAILABILITIES = ("product:availability", "og:availability")
ISBNS = ("book:isbn", "books:isbn", "product:isbn")
IMAGES = ("og:image:secure_url", "og:image:url", "og:image")


def read_opengraph(document: Document) -> Node:
    """Always returns a node. Its types are `product` if the page states one, otherwise they are empty."""
    stated: dict[str, list[str]] = defaultdict(list)
    for name, content in document.meta:
        stated[name] += [content] if content.strip() else []
    names = {"price": AMOUNTS, "pricecurrency": CURRENCIES, "availability": AVAILABILITIES}
    offer = Node(
        Source.OPENGRAPH, frozenset({"offer"}), {key: _find_first(stated, each) for key, each in names.items()}
    )
    is_product = any(text.strip().lower() in PRODUCT_TYPES for text in stated["og:type"])
    properties: dict[str, Sequence[Value]] = {
        "name": stated["og:title"],
        "isbn": _find_first(stated, ISBNS),
        "description": stated["og:description"],
        "image": _find_first(stated, IMAGES),
        "offers": [offer],
    }
    return Node(Source.OPENGRAPH, frozenset({"product"} if is_product else ()), properties)


def _find_first(stated: Mapping[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return next((stated[name] for name in names if stated[name]), [])
