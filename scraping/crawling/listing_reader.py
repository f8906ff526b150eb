"""Requests the pages of a shop's listing and adds their books to the state of the crawl."""

from collections import deque
from itertools import count

from scraping.crawling.listing_store import ListingStore
from scraping.crawling.options import CrawlOptions
from scraping.crawling.page_reader import PageReader
from scraping.crawling.state import CrawlState
from scraping.errors import NotFound
from scraping.page import UNCONDITIONAL, Validators
from scraping.sites.site import Listing, ListingEntry, UnreadableEntry


class ListingReader:
    """Requests the pages in order, one for each connection at a time.

    The first page states how many there are. A page that does not exist shows that the shop states too many. Further
    pages are then requested only if a later one of those already requested exists.
    """

    def __init__(self, options: CrawlOptions, state: CrawlState, reader: PageReader) -> None:
        self._options = options
        self._state = state
        self._reader = reader
        self._store = ListingStore(options.site)
        self._page_size = 0  # books on the first page
        self._requested: dict[str, int] = {}  # numbers of the pages without a result yet
        self._remaining: deque[str] = deque()
        self._numbers = count(1)
        self._last_read = self._last_missing = 0  # numbers of pages

    def start(self) -> None:
        self._store.load()
        self._remaining.append(self._options.url)
        self._request_next()

    def save(self) -> None:
        self._store.save()

    def handles(self, url: str) -> bool:
        return url in self._requested

    @property
    def is_complete(self) -> bool:
        """Whether no further page will be requested."""
        return not self._requested and (self._has_ended or not self._remaining)

    @property
    def _has_ended(self) -> bool:
        return self._last_missing > self._last_read

    def reuse(self, url: str) -> Listing:
        """Returns the stored listing of a page that was not modified."""
        return self._store.reuse(url)

    def store(self, url: str, listing: Listing, validators: Validators) -> None:
        self._store.add(url, listing, validators)

    def add(self, url: str, listing: Listing) -> tuple[list[ListingEntry], list[UnreadableEntry]] | None:
        """Returns the new books of the page; None if it shows a part of the listing that another page shows too."""
        self._last_read = max(self._last_read, self._requested.pop(url))
        if self._state.expected is None:
            self._page_size = listing.size
            self._remaining.extend(self._state.start_listing(listing, self._options.url))
        is_accepted = self._state.accepts_listing(listing)
        self._request_next()
        return self._state.add_listing(listing) if is_accepted else None

    def fail(self, url: str, error: Exception) -> None:
        """A listing page cannot be read."""
        number = self._requested.pop(url)
        if isinstance(error, NotFound):
            self._last_missing = max(self._last_missing, number)
        self._request_next()

    def count_lost_books(self) -> int:
        """The number of listed books that no outstanding page can show any more."""
        outstanding = 0 if self.is_complete else len(self._requested) + len(self._remaining)
        return max(0, self._state.unlisted - outstanding * self._page_size)

    def _request_next(self) -> None:
        while self._remaining and not self._has_ended and len(self._requested) < self._options.fetch.connections:
            url = self._remaining.popleft()
            self._requested[url] = next(self._numbers)
            validators = UNCONDITIONAL if self._options.is_full else self._store.find_validators(url)
            self._reader.submit(url, self._options.site.parse_listing, validators)
