"""The interface of a site's module: the values of a shop's pages, and the functions that parse them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from books.records import BookRecord
from scraping.page import Page

NUMBER_PREFIX = "product-"  # prefix of source keys made from the product's number, for products without a UPC or SKU


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """A book in a listing. `position` counts from 1 over all listing pages.

    The other values follow BookRecord. None means that the listing does not state the value.
    """

    position: int
    url: str
    title: str
    price: Decimal | None = None
    currency: str | None = None
    price_text: str | None = None
    in_stock: bool | None = None
    rating: int | None = None
    cover_url: str | None = None

    @property
    def fingerprint(self) -> str:
        """A hash of 32 characters over all fields but the position and the address."""
        values = (self.title, self.price, self.currency, self.price_text, self.in_stock, self.rating, self.cover_url)
        return hashlib.sha256(repr(values).encode(errors="surrogatepass")).hexdigest()[:32]

    def agrees_with(self, record: BookRecord) -> bool:
        """Whether the product page states the same values, as far as the listing states them."""
        names = ["title", "in_stock", "rating"]
        if self.price is not None or self.price_text is not None:
            names += ["price", "currency", "price_text"]
        stated = (name for name in names if getattr(self, name) is not None or name in {"price", "price_text"})
        return all(getattr(self, name) == getattr(record, name) for name in stated)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableEntry:
    """A book of a listing that cannot be read. `url` is None if not even the address can be read."""

    position: int
    url: str | None
    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing page. `total` counts the books of all pages. `other_pages` is filled on the first page only.

    Every book of the page is in `entries` or in `unreadable`.
    """

    total: int
    entries: tuple[ListingEntry, ...]
    other_pages: tuple[str, ...] = ()
    unreadable: tuple[UnreadableEntry, ...] = ()

    @property
    def size(self) -> int:
        return len(self.entries) + len(self.unreadable)

    @property
    def first_position(self) -> int:
        """The position of the first book; zero for a page without books."""
        positions = [entry.position for entry in self.entries] + [book.position for book in self.unreadable]
        return min(positions, default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A shop. `name` is the source of its books. Both parsers are pure and raise ParseError.

    `default_url` is the address of the first listing page, `delay` the shortest time between two requests in seconds;
    the settings may change both. `label` is shown to people. Increase `version` when a parser reads pages differently:
    the next crawl then fetches every page again.
    """

    name: str
    default_url: str
    delay: float
    parse_listing: Callable[[Page], Listing]
    parse_book: Callable[[Page], BookRecord]
    label: str = ""
    version: int = 1


def is_numbered(source_key: str) -> bool:
    """Whether the shop states no key for the product but its number."""
    return source_key.startswith(NUMBER_PREFIX)
