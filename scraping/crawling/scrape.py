"""Runs a crawl from the first listing page to the report."""

import threading
import time
from contextlib import suppress

from django.db import DatabaseError, transaction

from books.ingest import BATCH, ingest
from books.ingest.missing import mark_missing
from books.ingest.provisional import accept_source, is_in_use, mark_as_provisional
from core.db.statistics import update_statistics
from scraping.crawling.crawler import Crawler
from scraping.crawling.options import CrawlOptions, Progress
from scraping.crawling.page_store import PageStore
from scraping.crawling.record_writer import RecordWriter
from scraping.errors import CrawlFailed, CrawlRejected, RunTakenOver, first_line
from scraping.models import ScrapeRun
from scraping.quality_gates import find_rejection_reason
from scraping.report import ScrapeReport
from scraping.runs import lifecycle as runs
from scraping.runs.earlier_runs import find_last_good_run

STOPPED = "The crawl was stopped. The pages already read are stored."


def run_scrape(
    options: CrawlOptions, *, trigger: str, stop: threading.Event, progress: Progress = lambda done, total: None
) -> ScrapeReport:
    """Crawls the shop and ingests its books. Setting `stop` ends the crawl early and keeps the pages already read.

    Raises RunInProgress if another run of the site is active. The report contains every other failure.
    """
    run = None
    if not options.dry_run:
        run = runs.start(site=options.site.name, trigger=trigger, limit=options.limit, is_full=options.is_full)
    return execute_run(options, run, stop=stop, progress=progress)


def execute_run(
    options: CrawlOptions,
    run: ScrapeRun | None,
    *,
    stop: threading.Event,
    progress: Progress = lambda done, total: None,
) -> ScrapeReport:
    """Like `run_scrape`, for a run that has been started already. `run` is None for a dry run."""
    pk = run.pk if run else None
    report = ScrapeReport(site=options.site.name, url=options.url, dry_run=options.dry_run, run=pk)
    try:
        return _Scrape(options, run, report, stop, progress).execute()
    except BaseException as error:  # raised again, also KeyboardInterrupt and SystemExit
        if run:  # a bug, or the database is unavailable: the run must not stay `running`
            with suppress(RunTakenOver, DatabaseError):
                report.state, report.reason = ScrapeRun.State.FAILED, f"{type(error).__name__}: {first_line(error)}"
                runs.finish(run, report)
        raise


class _Scrape:
    """One crawl: reads the shop, checks the quality gates, and ingests the staged records."""

    def __init__(
        self,
        options: CrawlOptions,
        run: ScrapeRun | None,
        report: ScrapeReport,
        stop: threading.Event,
        progress: Progress,
    ) -> None:
        self.options = options
        self.run = run
        self.report = report
        self.stop = stop
        self.last_good = find_last_good_run(options.site.name)
        # A site's first run fills the catalogue while it reads. Later runs stage their records for the quality gates.
        self.is_first = self.last_good is None and not is_in_use(options.site.name)
        self.pages = PageStore(options.site, run=run, is_staging=not self.is_first)
        self.writer = RecordWriter(options, report.counts, self.pages, lock_run=self._lock_run)
        self.crawler = Crawler(options, report, self.pages, self.writer, progress)
        self.state = self.crawler.state
        self.last_heartbeat = time.monotonic()
        self.is_cancelled = False

    def execute(self) -> ScrapeReport:
        started = time.monotonic()
        self.report.state, self.report.reason = self._crawl()
        self.report.seconds = round(time.monotonic() - started, 2)
        if self.run:
            self._finish(self.run)
        return self.report

    def _finish(self, run: ScrapeRun) -> None:
        try:
            runs.finish(run, self.report, listed=self.state.listed or None, fill=self.state.fill)
        except RunTakenOver as error:
            self.report.state, self.report.reason = ScrapeRun.State.INTERRUPTED, str(error)

    def _crawl(self) -> tuple[str, str | None]:
        """Returns the final state and its reason."""
        try:
            if self.run and self.is_first:
                mark_as_provisional(self.options.site.name)
            self.crawler.crawl(self._should_continue)
            return self._find_early_end() or self._check_and_publish()
        except RunTakenOver as error:
            return ScrapeRun.State.INTERRUPTED, str(error)
        except (CrawlFailed, DatabaseError) as error:
            is_rejected = isinstance(error, CrawlRejected)
            state = ScrapeRun.State.REJECTED if is_rejected else ScrapeRun.State.FAILED
            if is_rejected and self.state.listed:  # without a listing nothing is known about the staged pages
                self.pages.discard_staged()
            return self._find_early_end() or (state, self._with_first_problem(first_line(error)))

    def _find_early_end(self) -> tuple[str, str] | None:
        if self.is_cancelled:
            return ScrapeRun.State.CANCELLED, runs.CANCELLED
        return (ScrapeRun.State.INTERRUPTED, STOPPED) if self.stop.is_set() else None

    def _check_and_publish(self) -> tuple[str, str | None]:
        summary = self.state.summarize(failed=self.report.counts.failed)
        reason = find_rejection_reason(summary, self.last_good, self.options.thresholds)
        if reason is None:
            self._publish()
            self._mark_missing()
            self._accept_source()
            if self.report.counts.created and not self.options.dry_run:
                update_statistics()
        self.pages.discard_staged()
        if reason is None:
            return ScrapeRun.State.SUCCEEDED, None
        return ScrapeRun.State.REJECTED, self._with_first_problem(reason)

    def _with_first_problem(self, reason: str) -> str:
        return f"{reason} First problem: {self.report.problems[0]}" if self.report.problems else reason

    def _publish(self) -> None:
        keys = list(self.writer.staged.values())
        for start in range(0, len(keys), BATCH):
            self._publish_batch(keys[start : start + BATCH])
            self._send_heartbeat()

    @transaction.atomic
    def _publish_batch(self, keys: list[int]) -> None:
        self._lock_run()
        result = ingest(self.pages.load_records(keys), dry_run=self.options.dry_run)
        self.pages.publish(keys)
        self.report.counts.staged -= len(keys)
        self.report.counts.add(result)

    @transaction.atomic
    def _mark_missing(self) -> None:
        if self.state.is_complete and not self.options.dry_run:
            self._lock_run()
            # A listed page that could not be read may still be stored. Its book is not missing.
            name, addresses = self.options.site.name, self.state.addresses
            keys = {*self.state.urls, *self.pages.find_source_keys(addresses)}
            self.report.counts.missing = mark_missing(name, keys=keys, addresses=addresses)

    @transaction.atomic
    def _accept_source(self) -> None:
        if self.is_first and not self.options.dry_run:
            self._lock_run()
            accept_source(self.options.site.name)

    def _lock_run(self) -> None:
        """Called inside each transaction that writes. Raises RunTakenOver."""
        if self.run:
            runs.lock_active(self.run)

    def _should_continue(self) -> bool:
        self._send_heartbeat()
        return not (self.is_cancelled or self.stop.is_set())

    def _send_heartbeat(self) -> None:
        interval = self.options.heartbeat_interval.total_seconds()
        if self.run and time.monotonic() - self.last_heartbeat >= interval:
            self.is_cancelled = runs.heartbeat(self.run, self.report.counts, self.state.listed or None)
            self.last_heartbeat = time.monotonic()
