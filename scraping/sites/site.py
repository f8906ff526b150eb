"""The interface of a site's module: the values of a shop's pages, and the functions that parse them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from books.records import BookRecord
from scraping.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """A book in a listing. `position` counts from 1 over all listing pages.

    `price` and `price_text` follow BookRecord: `price` is None if the text cannot be read as a price.
    """

    position: int
    url: str
    title: str
    price: Decimal | None
    currency: str | None
    price_text: str | None
    in_stock: bool
    rating: int
    cover_url: str

    @property
    def fingerprint(self) -> str:
        """A hash of 32 characters over all fields but the position and the address."""
        values = (self.title, self.price, self.currency, self.price_text, self.in_stock, self.rating, self.cover_url)
        return hashlib.sha256(repr(values).encode(errors="surrogatepass")).hexdigest()[:32]

    def agrees_with(self, record: BookRecord) -> bool:
        """Whether the listing and the product page state the same values."""
        names = ("title", "price", "currency", "price_text", "in_stock", "rating")
        return all(getattr(self, name) == getattr(record, name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing page. `total` counts the books of all pages. `other_pages` is filled on the first page only."""

    total: int
    entries: tuple[ListingEntry, ...]
    other_pages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A shop. `name` is the source of its books. Both parsers are pure and raise ParseError.

    `url` is the address of the first listing page, `delay` the shortest time between two requests in seconds.
    Increase `version` when a parser reads pages differently: the next crawl then fetches every page again.
    """

    name: str
    url: str
    delay: float
    version: int
    parse_listing: Callable[[Page], Listing]
    parse_book: Callable[[Page], BookRecord]
