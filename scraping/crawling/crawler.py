"""What a run gathers from a shop: its lists, and the pages of the books that are new, changed or long not looked at."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from books.ingest import ingest
from books.records import BookRecord
from scraping.crawling.listing_store import Listings
from scraping.crawling.options import Order, Progress
from scraping.crawling.page_reader import Reader, Reading
from scraping.crawling.page_store import KnownPage, PageRead, Pages, as_json
from scraping.crawling.state import Survey
from scraping.errors import CrawlFailed, FetchError, RunTakenOver, Unrecognised
from scraping.fetching.fetcher import Fetcher
from scraping.page import UNCONDITIONAL, NotModified, ParseError, Validators
from scraping.report import Problem, ScrapeReport
from scraping.sites.site import Listing, ListingEntry

logger = logging.getLogger(__name__)

BATCH = 100
FLUSH_SECONDS = 2.0  # what a kill may cost


class Harvest:
    """Reads a shop. What is read is counted in the report, noted in the survey, and kept by the pages.

    `waiting` are the keys of the pages whose records become the catalogue's once the run is known to be right; where
    the pages have no stage, those that were fetched are the catalogue's at once. `hold` is called in the transaction
    that writes them, and raises RunTakenOver where another crawl took the place of this one.
    """

    def __init__(
        self, order: Order, report: ScrapeReport, pages: Pages, progress: Progress, *, hold: Callable[[], None]
    ) -> None:
        self.survey = Survey(order.limit)
        self.waiting: list[int] = []
        self._order = order
        self._report = report
        self._counts = report.counts
        self._pages = pages
        self._listings = Listings(order.site)
        self._progress = progress
        self._hold = hold
        self._flushed_at = time.monotonic()
        self._batch: list[PageRead] = []
        self._asked: dict[str, KnownPage] = {}  # pages known and asked for again, by address

    def read_shop(self, may_go_on: Callable[[], bool]) -> None:
        """Reads until all is read, or until `may_go_on`, asked between two pages, says no.

        Raises CrawlFailed where the first page gives nothing to go by, and whatever `may_go_on` raises.
        """
        halt = threading.Event()
        manners = self._order.manners
        with (
            Fetcher(self._order.url, manners, halt) as fetcher,
            Reader(fetcher, connections=manners.connections, halt=halt) as reader,
        ):
            self._listings.open()
            self._pages.open()
            if not self._pages.has_known:
                reader.start_parsers()  # while the first page is on its way
            self._read_listing(self._order.url, reader)
            is_ours = True
            try:
                self._take_all(reader, fetcher, may_go_on)
            except RunTakenOver:
                is_ours = False
                raise
            finally:
                if is_ours:  # what was read is good, whatever ended the reading
                    self._keep_all()

    def _take_all(self, reader: Reader, fetcher: Fetcher, may_go_on: Callable[[], bool]) -> None:
        for reading in reader.readings():
            self._counts.requests = fetcher.requests
            if not may_go_on():
                break
            if reading:
                self._take(reading, reader)
            if len(self._batch) >= BATCH or time.monotonic() - self._flushed_at > FLUSH_SECONDS:
                self._flush()

    def _keep_all(self) -> None:
        self._flush()
        if not self._order.dry_run:
            self._listings.keep()

    def _read_listing(self, url: str, reader: Reader) -> None:
        known = UNCONDITIONAL if self._order.is_full else self._listings.validators(url)
        reader.read(url, self._order.site.parse_listing, known)

    def _take(self, reading: Reading, reader: Reader) -> None:
        match reading.result:
            case Listing() as listing:
                self._listings.add(reading.url, listing, reading.validators)
                self._take_listing(reading.url, listing, reader)
            case BookRecord() as record:
                self._take_book(reading.url, record, reading.validators)
            case NotModified() if reading.url in self._asked:
                self._take_unmodified(self._asked[reading.url])
            case NotModified():
                self._take_listing(reading.url, self._listings.unmodified(reading.url), reader)
            case FetchError() as error:
                self._take_problem(Problem(reading.url, None, error.detail), CrawlFailed)
            case ParseError() as error:
                self._take_problem(Problem(reading.url, error.field, error.detail), Unrecognised)

    def _take_listing(self, url: str, listing: Listing, reader: Reader) -> None:
        if self.survey.wanted is None:
            for other in self.survey.begin(listing, self._order.url):
                self._read_listing(other, reader)
        elif not self.survey.admits(listing):
            self._take_problem(Problem(url, "books", "the page shows other books than its number announces"))
            return
        self._read_or_know(self.survey.add_listing(listing), reader)

    def _read_or_know(self, entries: list[ListingEntry], reader: Reader) -> None:
        fresh = []
        for entry in entries:
            known = self._pages.known(entry)
            if known and self._pages.is_fresh(known, self._order.age_limit):
                fresh.append(known)
                continue
            if known and not self._order.is_full:
                self._asked[entry.url] = known
            asked = self._asked.get(entry.url)
            reader.read(entry.url, self._order.site.parse_book, asked.validators if asked else UNCONDITIONAL)
        self._take_known(fresh)

    def _take_known(self, pages: list[KnownPage]) -> None:
        """What these pages said stands, without reading them again."""
        said = self._pages.said([page.pk for page in pages])
        for page in pages:
            if self._is_one_book(page.url, said[page.pk]):
                self._wait([page.pk])
        self._tell_progress()

    def _take_unmodified(self, page: KnownPage) -> None:
        if not self._order.dry_run:
            self._pages.confirm(page)
        self._take_known([page])

    def _take_book(self, url: str, record: BookRecord, validators: Validators) -> None:
        if not self._is_one_book(url, as_json(record)):
            return
        self._batch.append(PageRead(entry=self.survey.entries[url], record=record, validators=validators))
        self._tell_progress()

    def _is_one_book(self, url: str, said: dict[str, Any]) -> bool:
        first_url = self.survey.add_book(url, said)
        if first_url:
            message = f"{said['source_key']} is the identity of {first_url} too"
            self._take_problem(Problem(url, "source_key", message))
        return first_url is None

    def _take_problem(self, problem: Problem, fatal: type[CrawlFailed] = CrawlFailed) -> None:
        if self.survey.wanted is None:
            raise fatal(str(problem))  # without the first listing page there is nothing to go by
        logger.warning("%s", problem)
        self._report.problems.append(problem)
        if problem.url in self.survey.entries:
            self._counts.seen += 1
            self._counts.failed += 1
            self._tell_progress()

    def _tell_progress(self) -> None:
        self._progress(self._counts.seen + len(self._batch), self.survey.wanted or 0)

    def _flush(self) -> None:
        reads, self._batch, self._flushed_at = self._batch, [], time.monotonic()
        if not reads:
            return
        if self._pages.has_stage:
            self._wait(self._pages.keep(reads))
        else:
            self._apply_at_once(reads)

    def _wait(self, keys: list[int]) -> None:
        self.waiting += keys
        self._counts.seen += len(keys)
        self._counts.unchanged += len(keys)  # as yet, and for good where the run is not right

    @transaction.atomic
    def _apply_at_once(self, reads: list[PageRead]) -> None:
        self._hold()
        result = ingest([read.record for read in reads], dry_run=self._order.dry_run)
        if not self._order.dry_run:
            self._pages.keep(reads)
        self._counts.add(result)
        self._counts.seen += len(reads)
