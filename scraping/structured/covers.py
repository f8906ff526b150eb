"""The address of a product's image."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from scraping.structured.document import Document
from scraping.structured.extraction import Source
from scraping.structured.node import Node

MAX_LENGTH = 1_000  # characters
ADDRESS = re.compile(r"[/.]")
ADDRESSES = ("contenturl", "url")  # of an ImageObject


def choose_cover(nodes: Iterable[Node], document: Document) -> tuple[str, Source] | None:
    """The first address of the web that the nodes state. Nothing is requested."""
    stated = ((document.resolve(text), node.source) for node in nodes for text in _find_addresses(node))
    return next(((url, source) for url, source in stated if _is_of_web(url) and url != document.url), None)


def _find_addresses(node: Node) -> Iterator[str]:
    """Those of images in the order of the page. A text such as `7` or `none` is no address."""
    for value in node.properties.get("image", ()):
        if isinstance(value, str) and ADDRESS.search(value):
            yield value
        elif isinstance(value, Node):
            yield from (text for name in ADDRESSES for text in value.texts(name))


def _is_of_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
    return is_address and len(url) <= MAX_LENGTH and url.isprintable() and " " not in url
