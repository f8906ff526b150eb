"""The shops that can be crawled: one module each, named after its host, all of the same form."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from books.records import BookRecord
from scraping.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """A book as a listing shows it. `position` counts from 1 over all listing pages.

    `price` as on BookRecord, and like there None where it cannot be read.
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
        """Changes when anything that the listing says of the book changes; of 32 characters."""
        said = (self.title, self.price, self.currency, self.price_text, self.in_stock, self.rating, self.cover_url)
        return hashlib.sha256(repr(said).encode(errors="surrogatepass")).hexdigest()[:32]

    def agrees_with(self, record: BookRecord) -> bool:
        """Whether the book's own page says the same of what both show."""
        names = ("title", "price", "currency", "price_text", "in_stock", "rating")
        return all(getattr(self, name) == getattr(record, name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing page. `total` counts the books of all pages; the first has the addresses of all others."""

    total: int
    entries: tuple[ListingEntry, ...]
    other_pages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A shop: its `name` is the source of its books. Both parsers are pure and raise ParseError.

    A new `version` says that they read pages otherwise than before: every page is looked at again.
    """

    name: str
    version: int
    parse_listing: Callable[[Page], Listing]
    parse_book: Callable[[Page], BookRecord]
