"""The ISBN of a product: only numbers with a valid check digit."""

import re
from collections.abc import Iterable, Iterator

from books.isbn import parse_isbn
from scraping.structured.addresses import find_numbers
from scraping.structured.extraction import Doubt, doubt
from scraping.structured.node import Node

PREFIX = re.compile(r"(?:urn:)?isbn:", re.IGNORECASE)
LABEL = re.compile(r"isbn(?:[-_ ]?1[03])?")
# An ISBN-10 is accepted only where the page calls it an ISBN: one of eleven numbers has a valid check digit by chance.
TRADE_NUMBERS = ("gtin13", "gtin", "gtin14", "ean", "productid", "identifier")
SHOP_NUMBERS = ("sku", "mpn")
THIRTEEN_DIGITS = re.compile(r"0?(97[89][\d -]{10,14})")


def find_isbns(node: Node) -> frozenset[str]:
    """All valid ISBNs that a product or offer states, as 13 digits. The shop's own numbers count last."""
    isbns = frozenset(_parse_all(_find_labelled(node))) | frozenset(_parse_all(_find_numbers(node, TRADE_NUMBERS)))
    return isbns or frozenset(_parse_all(_find_numbers(node, SHOP_NUMBERS)))


def find_address_isbns(url: str) -> frozenset[str]:
    """The ISBNs in a page's address, which identify its product."""
    return frozenset(_parse_all(find_numbers(url)))


def choose_isbn(isbns: frozenset[str], nodes: Iterable[Node]) -> str | Doubt | None:
    """The only one of the ISBNs; a doubt if there are several, or if what `nodes` call an ISBN is none."""
    if len(isbns) == 1:
        return next(iter(isbns))
    if isbns:
        return doubt("isbn_13", "the page states several ISBNs", ", ".join(sorted(isbns)))
    invalid = [text for node in nodes for text in node.texts("isbn")]
    return doubt("isbn_13", "is not an ISBN", invalid[0]) if invalid else None


def _find_labelled(node: Node) -> Iterator[str]:
    yield from (PREFIX.sub("", text) for text in node.texts("isbn"))
    yield from (text for value in _find_values(node) for text in value.texts("value"))
    others = [*node.texts("productid"), *node.texts("identifier"), node.identifier or ""]
    yield from (PREFIX.sub("", text) for text in others if PREFIX.match(text))


def _find_values(node: Node) -> Iterator[Node]:
    """The property values that the page calls an ISBN (https://schema.org/PropertyValue)."""
    for value in (*node.nodes("identifier"), *node.nodes("additionalproperty")):
        if any(LABEL.fullmatch(word) for name in ("propertyid", "name") for word in value.words(name)):
            yield value


def _find_numbers(node: Node, names: Iterable[str]) -> Iterator[str]:
    matches = (THIRTEEN_DIGITS.fullmatch(text) for name in names for text in node.texts(name))
    return (match[1] for match in matches if match)


def _parse_all(texts: Iterable[str]) -> Iterator[str]:
    return (isbn for text in texts if (isbn := parse_isbn(text)))
