"""The books that a run has listed and read so far. Pure."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from scraping.errors import UnrecognisedShop
from scraping.quality_gates import CrawlSummary, FillCounter
from scraping.sites.site import Listing, ListingEntry, UnreadableEntry


class CrawlState:
    """`limit` is the number of books to read, None for all."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.listed = 0  # number of books in the shop, from the first listing page
        self.expected: int | None = None  # number of books to read; None before the first listing page
        self.entries: dict[str, ListingEntry] = {}  # by the address of the product page
        self.unreadable: list[UnreadableEntry] = []
        self.urls: dict[str, str] = {}  # of the product pages read, by source key
        self._positions: set[int] = set()  # of the first book of each listing page read
        self._is_stable = True  # whether all listing pages state the same number of books
        self._fill_counter = FillCounter()

    def start_listing(self, listing: Listing, url: str) -> tuple[str, ...]:
        """Reads the size of the shop from its first listing page. Returns the addresses of the listing pages needed."""
        if not listing.size:
            raise UnrecognisedShop(f"{url} lists no books.")
        if not listing.entries:
            first = listing.unreadable[0]
            raise UnrecognisedShop(f"No book of {url} can be read: {first.field}: {first.detail}")
        if listing.first_position != 1:
            raise UnrecognisedShop(f"{url} is not the first page of the shop's listing.")
        self.listed = listing.total
        self.expected = min(self._limit or listing.total, listing.total)
        return listing.other_pages[: ceil(self.expected / listing.size) - 1]

    def accepts_listing(self, listing: Listing) -> bool:
        """Whether the page shows a part of the listing that has not been read yet.

        Its total may differ from that of the first page: the shop adds and removes books while they are read.
        """
        return listing.size > 0 and listing.first_position not in self._positions

    def add_listing(self, listing: Listing) -> tuple[list[ListingEntry], list[UnreadableEntry]]:
        """Adds a listing page. Returns its books that are new and within the limit: readable and unreadable ones."""
        self._positions.add(listing.first_position)
        self._is_stable &= listing.total == self.listed
        unique = {entry.url: entry for entry in listing.entries}
        new = [entry for entry in unique.values() if entry.url not in self.entries][: self.unlisted]
        self.entries |= {entry.url: entry for entry in new}
        unreadable = list(listing.unreadable[: self.unlisted])
        self.unreadable += unreadable
        return new, unreadable

    @property
    def unlisted(self) -> int:
        """The number of books to read that no listing page has shown yet."""
        return (self.expected or 0) - len(self.entries) - len(self.unreadable)

    def add_book(self, url: str, fields: Mapping[str, Any]) -> str | None:
        """Adds a product page, as the fields that have a value.

        Returns the address of another page with the same source key. In that case the page is not added.
        """
        first_url = self.urls.setdefault(fields["source_key"], url)
        if first_url != url:
            return first_url
        self._fill_counter.add(fields.keys())
        return None

    @property
    def addresses(self) -> set[str]:
        """The addresses of all listed product pages, also of books whose listing entry is unreadable."""
        return {*self.entries, *(book.url for book in self.unreadable if book.url)}

    @property
    def is_complete(self) -> bool:
        """Whether the whole listing was read. Only then is a book that it does not contain missing from the shop.

        In a listing that changed in the meantime, a book may have moved from a page not yet read to one already read.
        """
        return self._limit is None and self._is_stable and len(self.addresses) == self.listed

    @property
    def fill(self) -> dict[str, float]:
        return self._fill_counter.shares()

    def summarize(self, *, failed: int) -> CrawlSummary:
        return CrawlSummary(
            listed=self.listed,
            expected=self.expected or 0,
            failed=failed,
            read=self._fill_counter.books,
            filled=self._fill_counter.counts,
            is_unlimited=self._limit is None,
        )
