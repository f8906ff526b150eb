"""`manage.py scrape_books`: arguments in, report out."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from scraping.crawling.options import CONNECTIONS, Order, Progress, manners
from scraping.crawling.scrape import run_scrape
from scraping.errors import RunInProgress
from scraping.fetching.fetcher import origin
from scraping.models import ScrapeRun
from scraping.report import ScrapeReport
from scraping.runs.shutdown import stop_on_signal
from scraping.sites.books_toscrape_com import SITE


class Command(BaseCommand):
    help = (
        "Reads the shop's books into the catalogue: new books are created, changed ones updated, none is deleted. "
        "Exit status: 0 done, 1 the crawl failed or was stopped (one line says why), 2 wrong usage."
    )

    # Django's checks load the whole API, which a crawl does not need; `migrate` and `make check` run them.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--url", type=web_address, default=settings.SHOP_URL, help="where the shop is (default: %(default)s)")
        add("--limit", type=count(1, 1_000_000), metavar="N", help="read at most N books")
        add(
            "--concurrency",
            type=count(1, 32),
            default=CONNECTIONS,
            metavar="N",
            help="requests at a time (default: %(default)s)",
        )
        add("--delay", type=seconds, default=settings.SHOP_DELAY, metavar="SECONDS",
            help="at least this long between two requests, of all threads together (default: %(default)s)")  # fmt: skip
        again = parser.add_mutually_exclusive_group()
        again.add_argument(
            "--full", action="store_true", help="fetch every page outright, not only what is new, changed or old"
        )
        again.add_argument("--max-age", type=count(0, 36_500), default=settings.SHOP_MAX_AGE, metavar="DAYS",
            help="read a page again when it was last read so long ago, though its listing says nothing new "
            "(default: %(default)s)")  # fmt: skip
        add("--dry-run", action="store_true", help="say what would be created and updated; write nothing")
        add("--no-progress", action="store_true", help="show no progress")
        add("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order(
            site=SITE,
            url=options["url"],
            limit=options["limit"],
            dry_run=options["dry_run"],
            max_age=timedelta(days=options["max_age"]),
            is_full=options["full"],
            manners=manners(delay=options["delay"], connections=options["concurrency"]),
        )
        report = self._scrape(order, show_progress=not options["no_progress"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), indent=2))
        elif report.counts.seen:
            self.stdout.write(summary(report))
        if not report.succeeded:
            raise CommandError(f"Crawl {report.state}: {report.reason}")

    def _scrape(self, order: Order, *, show_progress: bool) -> ScrapeReport:
        shown = progress_on_stderr() if show_progress else nullcontext(lambda done, total: None)
        try:
            with stop_on_signal() as stop, shown as progress:
                return run_scrape(order, trigger=ScrapeRun.Trigger.COMMAND, stop=stop, progress=progress)
        except RunInProgress as error:
            raise CommandError(str(error)) from error


def summary(report: ScrapeReport) -> str:
    counts = report.counts
    names = ("created", "updated", "unchanged", *(["held"] if counts.held else []), "failed")
    parts = ", ".join(f"{getattr(counts, name):,} {name}" for name in names)
    if counts.missing:
        parts += f", {counts.missing:,} no longer listed"
    line = f"{counts.seen:,} books: {parts}; {counts.requests:,} requests in {report.seconds:.1f} s."
    return f"Dry run, nothing was written. {line}" if report.dry_run else line


def web_address(value: str) -> str:
    try:
        origin(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is no http:// or https:// address") from None
    return value


def count(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
            raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from {minimum} to {maximum}")
        return int(value)

    return parse


def seconds(value: str) -> float:
    try:
        parsed = float(value)
    except ValueError:
        parsed = -1.0
    if not 0 <= parsed <= 3600:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds from 0 to 3600")
    return parsed


@contextmanager
def progress_on_stderr() -> Iterator[Progress]:
    """A bar on a terminal; elsewhere a plain line at every tenth of the way."""
    if not sys.stderr.isatty():
        yield plain_progress()
        return
    with tqdm(total=None, unit=" books", dynamic_ncols=True, leave=False) as bar, logging_redirect_tqdm():

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def plain_progress() -> Progress:
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal shown
        tenths = done * 10 // total if total else 0
        if tenths > shown:
            shown = tenths
            sys.stderr.write(f"{done:,} of {total:,} books\n")

    return show
