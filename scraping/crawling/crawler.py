"""Reads a shop: its listing pages, then the product pages that are new, changed or due."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from books.records import BookRecord
from scraping.crawling.listing_reader import ListingReader
from scraping.crawling.options import CrawlOptions, Progress
from scraping.crawling.page_reader import PageReader, ReadResult
from scraping.crawling.page_store import FetchedPage, PageStore, StoredPage
from scraping.crawling.record_writer import RecordWriter
from scraping.crawling.state import CrawlState
from scraping.errors import CrawlFailed, CrawlRejected, FetchError, ParseError, RunTakenOver, UnrecognisedShop
from scraping.fetching.fetcher import Fetcher
from scraping.page import UNCONDITIONAL, NotModified, Validators
from scraping.quality_gates import find_unreadable_reason
from scraping.record_json import record_to_json
from scraping.report import Problem, ScrapeReport
from scraping.sites.site import Listing, ListingEntry

logger = logging.getLogger(__name__)


class Crawler:
    """Reads the shop's pages, gives them to `writer`, and counts them in `report` and `state`."""

    def __init__(
        self,
        options: CrawlOptions,
        report: ScrapeReport,
        pages: PageStore,
        writer: RecordWriter,
        progress: Progress,
    ) -> None:
        self.state = CrawlState(options.limit)
        self._options = options
        self._report = report
        self._counts = report.counts
        self._pages = pages
        self._writer = writer
        self._progress = progress
        self._selected: list[str] = []  # addresses of the product pages to request
        self._revalidated: dict[str, StoredPage] = {}  # stored pages that were requested again, by address

    def crawl(self, should_continue: Callable[[], bool]) -> None:
        """Reads until the end or until `should_continue`, which is called after every page, returns False.

        Raises CrawlFailed if the first page cannot be used or the shop refuses requests, CrawlRejected as soon as too
        many books cannot be read, and every exception of `should_continue`.
        """
        halt = threading.Event()
        with (
            Fetcher(self._options.url, self._options.fetch, halt) as fetcher,
            PageReader(fetcher, connections=self._options.fetch.connections, halt=halt) as reader,
        ):
            listings = self._start(reader)
            is_active = True
            try:
                self._process_results(reader, listings, fetcher, should_continue)
            except RunTakenOver:
                is_active = False
                raise
            finally:
                if is_active:  # pages already read are valid after any other failure
                    self._save(listings)

    def _start(self, reader: PageReader) -> ListingReader:
        self._pages.load()
        if self._pages.is_empty:
            reader.start_workers()  # while the first page is being fetched
        listings = ListingReader(self._options, self.state, reader)
        listings.start()
        return listings

    def _process_results(
        self, reader: PageReader, listings: ListingReader, fetcher: Fetcher, should_continue: Callable[[], bool]
    ) -> None:
        for result in reader.results():
            self._counts.requests = fetcher.request_count
            if not should_continue():
                return
            if result and listings.handles(result.url):
                self._process_listing(result, listings)
            elif result:
                self._process_page(result)
            self._end_if_rejected(listings)
            if listings.is_complete:
                self._submit_pages(reader)
            self._writer.flush_if_due()
        self._count_lost_books(listings.count_lost_books())

    def _save(self, listings: ListingReader) -> None:
        self._writer.flush()
        if not self._options.dry_run:
            listings.save()

    def _process_listing(self, result: ReadResult, listings: ListingReader) -> None:
        match result.outcome:
            case Listing() as listing:
                listings.store(result.url, listing, result.validators)
                self._add_listing(result.url, listing, listings)
            case NotModified():
                self._add_listing(result.url, listings.reuse(result.url), listings)
            case FetchError() | ParseError() as error:
                listings.fail(result.url, error)
                problem = Problem.from_error(result.url, error)
                if self.state.expected is None:  # the crawl cannot continue without the first page
                    raise (CrawlFailed if isinstance(error, FetchError) else UnrecognisedShop)(str(problem))
                self._record_problem(problem)

    def _add_listing(self, url: str, listing: Listing, listings: ListingReader) -> None:
        books = listings.add(url, listing)
        if books is None:
            self._record_problem(Problem(url, "books", "shows a part of the listing that another page shows too"))
            return
        entries, unreadable = books
        for book in unreadable:
            self._record_problem(Problem(book.url or url, book.field, f"book {book.position}: {book.detail}"))
        self._count_failed(len(unreadable))
        self._select_pages(entries)

    def _select_pages(self, entries: list[ListingEntry]) -> None:
        """Reuses the pages that need no request. The others are requested once the listing is complete."""
        fresh = []
        for entry in entries:
            stored = self._pages.find_unchanged(entry)
            if stored and self._pages.is_fresh(stored, self._options.age_limit):
                fresh.append(stored)
                continue
            self._selected.append(entry.url)
            if stored and not self._options.is_full:
                self._revalidated[entry.url] = stored
        self._reuse_pages(fresh)

    def _submit_pages(self, reader: PageReader) -> None:
        for url in self._selected:
            stored = self._revalidated.get(url)
            reader.submit(url, self._options.site.parse_book, stored.validators if stored else UNCONDITIONAL)
        self._selected.clear()

    def _process_page(self, result: ReadResult) -> None:
        match result.outcome:
            case BookRecord() as record:
                self._process_book(result.url, self._pages.keep_source_key(result.url, record), result.validators)
            case NotModified():
                self._process_unmodified(self._revalidated[result.url])
            case FetchError() | ParseError() as error:
                self._record_problem(Problem.from_error(result.url, error))
                self._count_failed(1)

    def _process_book(self, url: str, record: BookRecord, validators: Validators) -> None:
        if self._add_book(url, record_to_json(record)):
            self._writer.add(FetchedPage(entry=self.state.entries[url], record=record, validators=validators))
            self._report_progress()

    def _process_unmodified(self, page: StoredPage) -> None:
        if not self._options.dry_run:
            self._pages.mark_as_read(page)
        self._reuse_pages([page])

    def _reuse_pages(self, pages: list[StoredPage]) -> None:
        """Stages the stored records of pages that need no request."""
        fields = self._pages.load_fields([page.pk for page in pages])
        for page in pages:
            if self._add_book(page.url, fields[page.pk]):
                self._writer.stage({page.source_key: page.pk})
        self._report_progress()

    def _add_book(self, url: str, fields: dict[str, Any]) -> bool:
        """Returns False if another page has the same source key. It is unknown which is right, so neither is used."""
        key = fields["source_key"]
        first_url = self.state.add_book(url, fields)
        if first_url:
            self._record_problem(Problem(url, "source_key", f"has the source key {key}, which {first_url} has too"))
            self._count_failed(1)
            self._writer.withdraw(key)
        return first_url is None

    def _record_problem(self, problem: Problem) -> None:
        logger.warning("%s", problem)
        self._report.problems.append(problem)

    def _count_failed(self, books: int) -> None:
        self._counts.seen += books
        self._counts.failed += books
        self._report_progress()

    def _end_if_rejected(self, listings: ListingReader) -> None:
        """Raises CrawlRejected if too many books are unreadable for the run to be accepted."""
        lost = listings.count_lost_books()
        failed, expected = self._counts.failed + lost, self.state.expected or 0
        reason = find_unreadable_reason(failed=failed, expected=expected, thresholds=self._options.thresholds)
        if reason:
            self._count_lost_books(lost)
            raise CrawlRejected(reason)

    def _count_lost_books(self, books: int) -> None:
        if books:
            detail = f"no listing page that could be read shows {books} of the {self.state.listed} books of the shop"
            self._record_problem(Problem(self._options.url, "books", detail))
            self._count_failed(books)

    def _report_progress(self) -> None:
        self._progress(self._counts.seen + self._writer.waiting, self.state.expected or 0)
