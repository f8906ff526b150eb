"""What a run has seen of a shop so far. Pure."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from scraping.errors import Unrecognised
from scraping.quality_gates import Filled, Sight
from scraping.sites.site import Listing, ListingEntry


class Survey:
    """Which books the shop lists, which of their pages were read, and what these say. `limit` counts books."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.listed = 0  # how many the shop says that it lists
        self.wanted: int | None = None  # how many there are to read, known from the first listing page
        self.entries: dict[str, ListingEntry] = {}  # by the address of the book's page
        self.addresses: dict[str, str] = {}  # of the pages that were read, by source key
        self._positions: set[int] = set()  # of the first book of each listing page read
        self._filled = Filled()
        self._doubles = 0  # pages that show the identity of another page's book

    def begin(self, listing: Listing, url: str) -> tuple[str, ...]:
        """Takes the size of the shop from its first listing page; gives the addresses of the others to read."""
        if not listing.entries:
            raise Unrecognised(f"{url} lists no books")
        if listing.entries[0].position != 1:
            raise Unrecognised(f"{url} is not the first page of the shop's list")
        self.listed = listing.total
        self.wanted = min(self._limit or listing.total, listing.total)
        return listing.other_pages[: ceil(self.wanted / len(listing.entries)) - 1]

    def admits(self, listing: Listing) -> bool:
        """Whether it is another part of the same list."""
        is_same_list = bool(listing.entries) and listing.total == self.listed
        return is_same_list and listing.entries[0].position not in self._positions

    def add_listing(self, listing: Listing) -> list[ListingEntry]:
        """The books that are new on this page, as far as they are wanted."""
        self._positions.add(listing.entries[0].position)
        room = (self.wanted or 0) - len(self.entries)
        shown = {entry.url: entry for entry in listing.entries}  # a book that is shown twice is one
        new = [entry for entry in shown.values() if entry.url not in self.entries][:room]
        self.entries |= {entry.url: entry for entry in new}
        return new

    def add_book(self, url: str, said: Mapping[str, Any]) -> str | None:
        """Takes what a page says, by the fields that it fills.

        Gives the address of the page that shows this identity already, which then counts; None where this one does.
        """
        first_url = self.addresses.setdefault(said["source_key"], url)
        if first_url != url:
            self._doubles += 1
            return first_url
        self._filled.add(said.keys())
        return None

    @property
    def is_complete(self) -> bool:
        """Whether the whole list was seen: only then is it known what is not on it."""
        return self._limit is None and len(self.entries) == self.listed

    @property
    def fill(self) -> dict[str, float]:
        return self._filled.shares()

    def sight(self, *, failed: int) -> Sight:
        """A listing page that cannot be read weighs as the books that it hides."""
        wanted = self.wanted or 0
        return Sight(
            listed=self.listed,
            wanted=wanted,
            lost=failed + wanted - len(self.entries),
            doubles=self._doubles,
            fill=self.fill,
            is_complete=self._limit is None,
        )
