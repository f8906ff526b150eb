"""Reads a shop: its listing pages, then the product pages that are new, changed or due."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from books.ingest import ingest
from books.records import BookRecord
from scraping.crawling.listing_store import ListingStore
from scraping.crawling.options import CrawlOptions, Progress
from scraping.crawling.page_reader import PageReader, ReadResult
from scraping.crawling.page_store import FetchedPage, PageStore, StoredPage, record_to_json
from scraping.crawling.state import CrawlState
from scraping.errors import CrawlFailed, FetchError, ParseError, RunTakenOver, UnrecognisedShop
from scraping.fetching.fetcher import Fetcher
from scraping.page import UNCONDITIONAL, NotModified, Validators
from scraping.report import Problem, ScrapeReport
from scraping.sites.site import Listing, ListingEntry

logger = logging.getLogger(__name__)

BATCH_SIZE = 100  # pages per write


class Crawler:
    """Reads the shop's pages into the page store, and counts them in `report` and `state`.

    `staged_keys` are the primary keys of staged pages. Their records are ingested after the run has passed the quality
    gates. If the page store is not staging, fetched pages are ingested at once. `lock_run` is called in the same
    transaction; it raises RunTakenOver if another run has replaced this one.
    """

    def __init__(
        self,
        options: CrawlOptions,
        report: ScrapeReport,
        pages: PageStore,
        progress: Progress,
        *,
        lock_run: Callable[[], None],
    ) -> None:
        self.state = CrawlState(options.limit)
        self.staged_keys: list[int] = []
        self._options = options
        self._report = report
        self._counts = report.counts
        self._pages = pages
        self._listings = ListingStore(options.site)
        self._progress = progress
        self._lock_run = lock_run
        self._flushed_at = time.monotonic()
        self._batch: list[FetchedPage] = []
        self._revalidated: dict[str, StoredPage] = {}  # stored pages that were requested again, by address

    def crawl(self, should_continue: Callable[[], bool]) -> None:
        """Reads until the end or until `should_continue`, which is called after every page, returns False.

        Raises CrawlFailed if the first page cannot be used, and every exception of `should_continue`.
        """
        halt = threading.Event()
        with (
            Fetcher(self._options.url, self._options.fetch, halt) as fetcher,
            PageReader(fetcher, connections=self._options.fetch.connections, halt=halt) as reader,
        ):
            self._start(reader)
            is_active = True
            try:
                self._process_results(reader, fetcher, should_continue)
            except RunTakenOver:
                is_active = False
                raise
            finally:
                if is_active:  # pages already read are valid after any other failure
                    self._save()

    def _start(self, reader: PageReader) -> None:
        self._listings.load()
        self._pages.load()
        if self._pages.is_empty:
            reader.start_workers()  # while the first page is being fetched
        self._submit_listing(self._options.url, reader)

    def _process_results(self, reader: PageReader, fetcher: Fetcher, should_continue: Callable[[], bool]) -> None:
        flush_seconds = self._options.flush_interval.total_seconds()
        for result in reader.results():
            self._counts.requests = fetcher.request_count
            if not should_continue():
                break
            if result:
                self._process_result(result, reader)
            if len(self._batch) >= BATCH_SIZE or time.monotonic() - self._flushed_at > flush_seconds:
                self._flush()

    def _save(self) -> None:
        self._flush()
        if not self._options.dry_run:
            self._listings.save()

    def _submit_listing(self, url: str, reader: PageReader) -> None:
        validators = UNCONDITIONAL if self._options.is_full else self._listings.find_validators(url)
        reader.submit(url, self._options.site.parse_listing, validators)

    def _process_result(self, result: ReadResult, reader: PageReader) -> None:
        url = result.url
        match result.outcome:
            case Listing() as listing:
                self._listings.add(url, listing, result.validators)
                self._process_listing(url, listing, reader)
            case BookRecord() as record:
                self._process_book(url, record, result.validators)
            case NotModified() if url in self._revalidated:
                self._process_unmodified(self._revalidated[url])
            case NotModified():
                self._process_listing(url, self._listings.reuse(url), reader)
            case FetchError() as error:
                self._record_problem(Problem(url, None, error.detail), CrawlFailed)
            case ParseError() as error:
                self._record_problem(Problem(url, error.field, error.detail), UnrecognisedShop)

    def _process_listing(self, url: str, listing: Listing, reader: PageReader) -> None:
        if self.state.expected is None:
            for other_url in self.state.start_listing(listing, self._options.url):
                self._submit_listing(other_url, reader)
        elif not self.state.accepts_listing(listing):
            self._record_problem(Problem(url, "books", "shows a part of the listing that another page shows too"))
            return
        self._submit_stale_pages(self.state.add_listing(listing), reader)

    def _submit_stale_pages(self, entries: list[ListingEntry], reader: PageReader) -> None:
        fresh = []
        for entry in entries:
            stored = self._pages.find_unchanged(entry)
            if stored and self._pages.is_fresh(stored, self._options.age_limit):
                fresh.append(stored)
                continue
            validators = UNCONDITIONAL
            if stored and not self._options.is_full:
                self._revalidated[entry.url] = stored
                validators = stored.validators
            reader.submit(entry.url, self._options.site.parse_book, validators)
        self._reuse_pages(fresh)

    def _reuse_pages(self, pages: list[StoredPage]) -> None:
        """Stages the stored records of pages that need no request."""
        fields = self._pages.load_fields([page.pk for page in pages])
        for page in pages:
            if self._add_book(page.url, fields[page.pk]):
                self._stage([page.pk])
        self._report_progress()

    def _process_unmodified(self, page: StoredPage) -> None:
        if not self._options.dry_run:
            self._pages.mark_as_read(page)
        self._reuse_pages([page])

    def _process_book(self, url: str, record: BookRecord, validators: Validators) -> None:
        if self._add_book(url, record_to_json(record)):
            self._batch.append(FetchedPage(entry=self.state.entries[url], record=record, validators=validators))
            self._report_progress()

    def _add_book(self, url: str, fields: dict[str, Any]) -> bool:
        """Returns False and records a problem if another page has the same source key."""
        first_url = self.state.add_book(url, fields)
        if first_url:
            message = f"has the source key {fields['source_key']}, which {first_url} has too"
            self._record_problem(Problem(url, "source_key", message))
        return first_url is None

    def _record_problem(self, problem: Problem, fatal: type[CrawlFailed] = CrawlFailed) -> None:
        """Raises `fatal` before the first listing page has been read, because the crawl cannot continue without it."""
        if self.state.expected is None:
            raise fatal(str(problem))
        logger.warning("%s", problem)
        self._report.problems.append(problem)
        if problem.url in self.state.entries:
            self._counts.seen += 1
            self._counts.failed += 1
            self._report_progress()

    def _report_progress(self) -> None:
        self._progress(self._counts.seen + len(self._batch), self.state.expected or 0)

    def _flush(self) -> None:
        pages, self._batch, self._flushed_at = self._batch, [], time.monotonic()
        if not pages:
            return
        if self._pages.is_staging:
            self._stage(self._pages.save(pages))
        else:
            self._ingest(pages)

    def _stage(self, keys: list[int]) -> None:
        self.staged_keys += keys
        self._counts.seen += len(keys)
        self._counts.staged += len(keys)

    @transaction.atomic
    def _ingest(self, pages: list[FetchedPage]) -> None:
        self._lock_run()
        result = ingest([page.record for page in pages], dry_run=self._options.dry_run)
        if not self._options.dry_run:
            self._pages.save(pages)
        self._counts.add(result)
        self._counts.seen += len(pages)
