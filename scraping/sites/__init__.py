"""The shops that can be crawled: one module each, named after its host, all of the same form."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from books.records import BookRecord
from scraping.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """A book as a listing shows it. `position` counts from 1 over all listing pages; `price` as on BookRecord."""

    position: int
    url: str
    title: str
    price: Decimal
    currency: str
    in_stock: bool
    rating: int
    cover_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing page. `total` counts the books of all pages, `other_pages` are the addresses of all later ones."""

    total: int
    entries: tuple[ListingEntry, ...]
    other_pages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A shop: its `name` is the source of its books. Both parsers are pure and raise ParseError."""

    name: str
    parse_listing: Callable[[Page], Listing]
    parse_book: Callable[[Page], BookRecord]
