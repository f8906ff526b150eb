"""One crawl of a shop: from its first listing page to the report."""

import logging
import threading
import time
from contextlib import suppress
from math import ceil

from django.conf import settings
from django.db import DatabaseError

from books.ingest import ingest
from books.missing import mark_missing
from books.records import BookRecord
from scraping import runs
from scraping.errors import CrawlFailed, FetchError, RunTakenOver
from scraping.fetcher import Fetcher
from scraping.gates import Filled, Sight, why_rejected
from scraping.models import ScrapeRun
from scraping.order import Order, Progress, first_line
from scraping.page import ParseError
from scraping.reader import Reader, Reading
from scraping.report import Problem, ScrapeReport
from scraping.sites import Listing
from scraping.stage import Stage

logger = logging.getLogger(__name__)

BATCH = 100
STOPPED = "It was told to stop; what it had read is kept."


def run_scrape(
    order: Order, *, trigger: str, stop: threading.Event, progress: Progress = lambda done, total: None
) -> ScrapeReport:
    """Crawls the shop and writes its books; setting `stop` ends it early and keeps what it has.

    Raises RunInProgress where a crawl of this site is on. Every other failure is in the report. `progress` is called
    with the number of books done and of all.
    """
    run = None if order.dry_run else runs.start(site=order.site.name, trigger=trigger)
    crawl = _Crawl(order, run, stop, progress)
    try:
        return crawl.execute()
    except BaseException as error:
        if run:  # a bug, or the database gone: the run must not stay `running`
            with suppress(RunTakenOver, DatabaseError):
                reason = f"{type(error).__name__}: {first_line(error)}"
                crawl.report.state, crawl.report.reason = ScrapeRun.State.FAILED, reason
                runs.finish(run, crawl.report)
        raise


class _Crawl:
    """The state of one crawl. Everything here happens in one thread; pages come in through the Reader."""

    def __init__(self, order: Order, run: ScrapeRun | None, stop: threading.Event, progress: Progress) -> None:
        self.order = order
        self.run = run
        self.stop = stop
        self.progress = progress
        pk = run.pk if run else None
        self.report = ScrapeReport(site=order.site.name, url=order.url, dry_run=order.dry_run, run=pk)
        self.total: int | None = None  # how many books there are to read, known from the first listing page
        self.listed = 0  # how many the shop says that it lists
        self.positions: set[int] = set()  # of the first book of each listing page read
        self.books: set[str] = set()  # addresses of the product pages asked for
        self.read_at: dict[str, str] = {}  # by source key, the address
        self.batch: list[BookRecord] = []
        self.filled = Filled()
        self.doubles = 0  # pages that show the identity of another page's book
        # A shop's first crawl fills the catalogue as it reads; a later one changes it once it is known to be right.
        self.last_good = runs.last_good(order.site.name)
        self.stage = Stage(run) if run and self.last_good else None
        self.adopted: dict[str, BookRecord] = {}
        self.last_beat = time.monotonic()

    def execute(self) -> ScrapeReport:
        started = time.monotonic()
        self.report.state, self.report.reason = self._outcome()
        self.report.seconds = round(time.monotonic() - started, 2)
        if self.run:
            self._finish(self.run)
        return self.report

    def _finish(self, run: ScrapeRun) -> None:
        try:
            runs.finish(run, self.report, listed=self.listed or None, fill=self.filled.shares())
        except RunTakenOver as error:
            self.report.state, self.report.reason = ScrapeRun.State.INTERRUPTED, str(error)

    def _outcome(self) -> tuple[str, str | None]:
        try:
            self._read_shop()
        except (CrawlFailed, DatabaseError) as error:
            if self.stop.is_set():
                return ScrapeRun.State.INTERRUPTED, STOPPED
            return ScrapeRun.State.FAILED, first_line(error)
        except RunTakenOver as error:
            return ScrapeRun.State.INTERRUPTED, str(error)
        if self.stop.is_set():
            return ScrapeRun.State.INTERRUPTED, STOPPED
        return self._verdict()

    def _verdict(self) -> tuple[str, str | None]:
        reason = why_rejected(self._sight(), self.last_good, settings.GATES)
        if reason is None:
            self._apply()
            self._mark_missing()
            return ScrapeRun.State.SUCCEEDED, None
        if self.stage:
            self.stage.clear()
        first = f"; the first: {self.report.problems[0]}" if self.report.problems else ""
        return ScrapeRun.State.REJECTED, f"{reason}{first}"

    def _sight(self) -> Sight:
        """A listing page that cannot be read weighs as the books that it hides."""
        wanted = self.total or 0
        return Sight(
            listed=self.listed,
            wanted=wanted,
            lost=self.report.counts.failed + wanted - len(self.books),
            doubles=self.doubles,
            fill=self.filled.shares(),
            is_complete=self.order.limit is None,
        )

    def _apply(self) -> None:
        """The run is right: what it staged becomes the catalogue's."""
        if not self.stage:
            return
        self.report.counts.unchanged = 0
        for batch in self.stage.batches():
            self.report.counts.add(ingest(batch))
            self._keep_alive()
        self.stage.clear()

    def _mark_missing(self) -> None:
        """Only a run that saw the whole list knows what is not on it."""
        is_complete = self.order.limit is None and len(self.books) == self.listed
        if is_complete and not self.order.dry_run:
            found = mark_missing(self.order.site.name, keys=self.read_at, addresses=self.books)
            self.report.counts.missing = found

    def _read_shop(self) -> None:
        halt = threading.Event()
        manners, site = self.order.manners, self.order.site
        with (
            Fetcher(self.order.url, manners, halt) as fetcher,
            Reader(fetcher, connections=manners.connections, halt=halt) as reader,
        ):
            self.adopted = self.stage.adopt() if self.stage else {}
            reader.read(self.order.url, site.parse_listing)
            try:
                for reading in reader.readings():
                    self.report.counts.requests = fetcher.requests
                    if self.stop.is_set():
                        break
                    if reading:
                        self._take(reading, reader)
                    self._keep_alive()
            except RunTakenOver:
                self.batch.clear()
                raise
            finally:
                self._flush()  # what was read is good, whatever ended the reading

    def _take(self, reading: Reading, reader: Reader) -> None:
        if isinstance(reading.result, Listing):
            self._take_listing(reading.url, reading.result, reader)
        elif isinstance(reading.result, BookRecord):
            self._take_book(reading.url, reading.result)
        elif isinstance(reading.result, FetchError):
            self._take_problem(Problem(reading.url, None, reading.result.detail))
        elif isinstance(reading.result, ParseError):
            self._take_problem(Problem(reading.url, reading.result.field, reading.result.detail))

    def _take_listing(self, url: str, listing: Listing, reader: Reader) -> None:
        if self.total is None:
            self._take_first_listing(listing, reader)
        elif listing.total != self.listed or not listing.entries or listing.entries[0].position in self.positions:
            self._take_problem(Problem(url, "books", "the page shows other books than its number announces"))
            return
        self.positions.add(listing.entries[0].position)
        for entry in listing.entries:
            if entry.url not in self.books and len(self.books) < (self.total or 0):
                self.books.add(entry.url)
                self._read_or_adopt(entry.url, reader)

    def _read_or_adopt(self, url: str, reader: Reader) -> None:
        """An interrupted run read it a moment ago: it stands on the stage already."""
        record = self.adopted.pop(url, None)
        if record is None:
            reader.read(url, self.order.site.parse_book)
            return
        self.read_at[record.source_key] = url
        self.filled.add(record)
        self.report.counts.seen += 1
        self.report.counts.unchanged += 1

    def _take_first_listing(self, listing: Listing, reader: Reader) -> None:
        if not listing.entries:
            raise CrawlFailed(f"{self.order.url} lists no books")
        if listing.entries[0].position != 1:
            raise CrawlFailed(f"{self.order.url} is not the first page of the shop's list")
        self.listed = listing.total
        self.total = min(self.order.limit or listing.total, listing.total)
        for url in listing.other_pages[: ceil(self.total / len(listing.entries)) - 1]:
            reader.read(url, self.order.site.parse_listing)

    def _take_book(self, url: str, record: BookRecord) -> None:
        first_url = self.read_at.setdefault(record.source_key, url)
        if first_url != url:
            self.doubles += 1
            self._take_problem(Problem(url, "source_key", f"{record.source_key} is the identity of {first_url} too"))
            return
        self.filled.add(record)
        self.batch.append(record)
        if len(self.batch) == BATCH:
            self._flush()
        self._tell_progress()

    def _take_problem(self, problem: Problem) -> None:
        if self.total is None:
            raise CrawlFailed(str(problem))  # without the first listing page there is nothing to go by
        logger.warning("%s", problem)
        self.report.problems.append(problem)
        if problem.url in self.books:
            self.report.counts.seen += 1
            self.report.counts.failed += 1
            self._tell_progress()

    def _tell_progress(self) -> None:
        self.progress(self.report.counts.seen + len(self.batch), self.total or 0)

    def _flush(self) -> None:
        if not self.batch:
            return
        if self.stage:
            self.stage.add(self.batch)
            self.report.counts.unchanged += len(self.batch)  # as yet, and for good where the run is not right
        else:
            self.report.counts.add(ingest(self.batch, dry_run=self.order.dry_run))
        self.report.counts.seen += len(self.batch)
        self.batch.clear()

    def _keep_alive(self) -> None:
        if self.run and time.monotonic() - self.last_beat >= runs.HEARTBEAT.total_seconds():
            runs.beat(self.run, self.report.counts)
            self.last_beat = time.monotonic()
