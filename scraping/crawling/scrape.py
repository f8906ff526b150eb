"""One crawl of a shop: from its first listing page to the report."""

import threading
import time
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, transaction

from books.ingest import BATCH, ingest
from books.ingest.missing import mark_missing
from scraping.crawling.crawler import Harvest
from scraping.crawling.options import Order, Progress, first_line
from scraping.crawling.page_store import Pages
from scraping.errors import CrawlFailed, RunTakenOver, Unrecognised
from scraping.models import ScrapeRun
from scraping.quality_gates import why_rejected
from scraping.report import ScrapeReport
from scraping.runs import lifecycle as runs

STOPPED = "It was told to stop; what it had read is kept."


def run_scrape(
    order: Order, *, trigger: str, stop: threading.Event, progress: Progress = lambda done, total: None
) -> ScrapeReport:
    """Crawls the shop and writes its books; setting `stop` ends it early and keeps what it has.

    Raises RunInProgress where a crawl of this site is on. Every other failure is in the report. `progress` is called
    with the number of books done and of all.
    """
    run = None
    if not order.dry_run:
        run = runs.start(site=order.site.name, trigger=trigger, limit=order.limit, is_full=order.is_full)
    return execute(order, run, stop=stop, progress=progress)


def execute(
    order: Order, run: ScrapeRun | None, *, stop: threading.Event, progress: Progress = lambda done, total: None
) -> ScrapeReport:
    """As `run_scrape`, for a run that was started already; None for a dry one."""
    pk = run.pk if run else None
    report = ScrapeReport(site=order.site.name, url=order.url, dry_run=order.dry_run, run=pk)
    try:
        return _Crawl(order, run, report, stop, progress).execute()
    except BaseException as error:
        if run:  # a bug, or the database gone: the run must not stay `running`
            with suppress(RunTakenOver, DatabaseError):
                report.state, report.reason = ScrapeRun.State.FAILED, f"{type(error).__name__}: {first_line(error)}"
                runs.finish(run, report)
        raise


class _Crawl:
    """The course of one crawl, and what is made of it."""

    def __init__(
        self, order: Order, run: ScrapeRun | None, report: ScrapeReport, stop: threading.Event, progress: Progress
    ) -> None:
        self.order = order
        self.run = run
        self.report = report
        self.stop = stop
        self.last_good = runs.last_good(order.site.name)
        # A shop's first crawl fills the catalogue as it reads; a later one changes it once it is known to be right.
        self.pages = Pages(order.site, stage=run if self.last_good else None)
        self.harvest = Harvest(order, report, self.pages, progress, hold=self._hold)
        self.survey = self.harvest.survey
        self.last_beat = time.monotonic()
        self.is_cancelled = False

    def execute(self) -> ScrapeReport:
        started = time.monotonic()
        self.report.state, self.report.reason = self._outcome()
        self.report.seconds = round(time.monotonic() - started, 2)
        if self.run:
            self._finish(self.run)
        return self.report

    def _finish(self, run: ScrapeRun) -> None:
        try:
            runs.finish(run, self.report, listed=self.survey.listed or None, fill=self.survey.fill)
        except RunTakenOver as error:
            self.report.state, self.report.reason = ScrapeRun.State.INTERRUPTED, str(error)

    def _outcome(self) -> tuple[str, str | None]:
        try:
            self.harvest.read_shop(self._may_go_on)
            return self._ended_early() or self._verdict()
        except RunTakenOver as error:
            return ScrapeRun.State.INTERRUPTED, str(error)
        except (CrawlFailed, DatabaseError) as error:
            is_another_shop = isinstance(error, Unrecognised)
            state = ScrapeRun.State.REJECTED if is_another_shop else ScrapeRun.State.FAILED
            return self._ended_early() or (state, first_line(error))

    def _ended_early(self) -> tuple[str, str] | None:
        if self.is_cancelled:
            return ScrapeRun.State.CANCELLED, runs.CANCELLED
        return (ScrapeRun.State.INTERRUPTED, STOPPED) if self.stop.is_set() else None

    def _verdict(self) -> tuple[str, str | None]:
        sight = self.survey.sight(failed=self.report.counts.failed)
        reason = why_rejected(sight, self.last_good, settings.GATES)
        if reason is None:
            self._apply()
            self._mark_missing()
        self.pages.clear_stage()
        if reason is None:
            return ScrapeRun.State.SUCCEEDED, None
        first = f"; the first: {self.report.problems[0]}" if self.report.problems else ""
        return ScrapeRun.State.REJECTED, f"{reason}{first}"

    def _apply(self) -> None:
        """The run is right: what the pages say, fetched or not, becomes the catalogue's."""
        waiting = self.harvest.waiting
        for start in range(0, len(waiting), BATCH):
            self._apply_batch(waiting[start : start + BATCH])
            self._keep_alive()

    @transaction.atomic
    def _apply_batch(self, keys: list[int]) -> None:
        self._hold()
        result = ingest(self.pages.records(keys), dry_run=self.order.dry_run)
        self.pages.accept(keys)
        self.report.counts.unchanged -= len(keys)  # so they were counted while they waited
        self.report.counts.add(result)

    @transaction.atomic
    def _mark_missing(self) -> None:
        if self.survey.is_complete and not self.order.dry_run:
            self._hold()
            # Of a listed page that could not be read an earlier reading tells whose it is.
            found = {*self.survey.addresses, *self.pages.source_keys(self.survey.entries)}
            name, addresses = self.order.site.name, self.survey.entries
            self.report.counts.missing = mark_missing(name, keys=found, addresses=addresses)

    def _hold(self) -> None:
        """Inside of a transaction that writes: another crawl may have taken this one for dead."""
        if self.run:
            runs.hold(self.run)

    def _may_go_on(self) -> bool:
        self._keep_alive()
        return not (self.is_cancelled or self.stop.is_set())

    def _keep_alive(self) -> None:
        if self.run and time.monotonic() - self.last_beat >= runs.HEARTBEAT.total_seconds():
            self.is_cancelled = runs.beat(self.run, self.report.counts, self.survey.listed or None)
            self.last_beat = time.monotonic()
