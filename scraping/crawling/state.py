"""The books that a run has listed and read so far. Pure."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from scraping.errors import UnrecognisedShop
from scraping.quality_gates import CrawlSummary, FillCounter
from scraping.sites.site import Listing, ListingEntry


class CrawlState:
    """`limit` is the number of books to read, None for all."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.listed = 0  # number of books in the shop, from the first listing page
        self.expected: int | None = None  # number of books to read; None before the first listing page
        self.entries: dict[str, ListingEntry] = {}  # by the address of the product page
        self.urls: dict[str, str] = {}  # of the product pages read, by source key
        self._positions: set[int] = set()  # of the first book of each listing page read
        self._fill_counter = FillCounter()
        self._duplicates = 0  # pages with the source key of another page

    def start_listing(self, listing: Listing, url: str) -> tuple[str, ...]:
        """Reads the size of the shop from its first listing page. Returns the addresses of the listing pages needed."""
        if not listing.entries:
            raise UnrecognisedShop(f"{url} lists no books.")
        if listing.entries[0].position != 1:
            raise UnrecognisedShop(f"{url} is not the first page of the shop's listing.")
        self.listed = listing.total
        self.expected = min(self._limit or listing.total, listing.total)
        return listing.other_pages[: ceil(self.expected / len(listing.entries)) - 1]

    def accepts_listing(self, listing: Listing) -> bool:
        """Whether the page belongs to the same listing and has not been read yet."""
        is_same_listing = bool(listing.entries) and listing.total == self.listed
        return is_same_listing and listing.entries[0].position not in self._positions

    def add_listing(self, listing: Listing) -> list[ListingEntry]:
        """Adds a listing page. Returns its entries that are new and within the limit."""
        self._positions.add(listing.entries[0].position)
        remaining = (self.expected or 0) - len(self.entries)
        unique = {entry.url: entry for entry in listing.entries}
        new = [entry for entry in unique.values() if entry.url not in self.entries][:remaining]
        self.entries |= {entry.url: entry for entry in new}
        return new

    def add_book(self, url: str, fields: Mapping[str, Any]) -> str | None:
        """Adds a product page, as the fields that have a value.

        Returns the address of another page with the same source key. In that case the page is not added.
        """
        first_url = self.urls.setdefault(fields["source_key"], url)
        if first_url != url:
            self._duplicates += 1
            return first_url
        self._fill_counter.add(fields.keys())
        return None

    @property
    def is_complete(self) -> bool:
        """Whether the whole listing was read. Only then is a book that it does not contain missing from the shop."""
        return self._limit is None and len(self.entries) == self.listed

    @property
    def fill(self) -> dict[str, float]:
        return self._fill_counter.shares()

    def summarize(self, *, failed: int) -> CrawlSummary:
        """The books of an unreadable listing page count as unread."""
        expected = self.expected or 0
        return CrawlSummary(
            listed=self.listed,
            expected=expected,
            unread=failed + expected - len(self.entries),
            duplicates=self._duplicates,
            fill=self.fill,
            is_unlimited=self._limit is None,
        )
