"""The links of a listing page: to product pages, and to the next listing page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scraping.page import Page
from scraping.shops.page_pattern import matches_pattern
from scraping.sitemaps.entries import check_address
from scraping.structured.document import Document, parse_document

MAX_LINKS = 10_000  # of a page


@dataclass(frozen=True, slots=True)
class ListingLinks:
    """`products` are addresses without repetitions. `next_page` is None on the last page."""

    products: tuple[str, ...]
    next_page: str | None


def read_links(page: Page, *, host: str, pattern: str) -> ListingLinks:
    """Addresses on other hosts than `host` (normalized) are ignored."""
    document = parse_document(page)
    links = list(dict.fromkeys(_resolve_links(document.root.iter("a"), document, host)))
    following = filter(_is_next, document.root.iter("a", "link"))
    products = (link for link in links if matches_pattern(pattern, link))
    return ListingLinks(tuple(products)[:MAX_LINKS], next(_resolve_links(following, document, host), None))


def _resolve_links(elements: Iterator[Any], document: Document, host: str) -> Iterator[str]:
    for element in elements:
        if href := element.get("href"):
            try:
                yield check_address(document.resolve(href).partition("#")[0], host)
            except ValueError:  # OtherHost and UnicodeError are ValueErrors
                continue


def _is_next(element: Any) -> bool:
    return "next" in (element.get("rel") or "").lower().split()
