"""`manage.py scrape_books`: parses the arguments and prints the report."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from books.prices.changes import ChangeTally, NamedChange
from core.money import format_money, format_percent
from core.redaction import redact
from core.text import to_printable
from scraping.crawling.options import DEFAULT_CONNECTIONS, CrawlOptions, Progress, default_options, fetch_options
from scraping.crawling.scrape import run_scrape
from scraping.errors import RunInProgress
from scraping.models import ScrapeRun
from scraping.origin import has_user_information, parse_origin
from scraping.report import ScrapeReport
from scraping.runs.shutdown import stop_on_signal
from scraping.sites.registry import find_sites, load_site


class Command(BaseCommand):
    help = (
        "Reads the shop's books into the catalogue. New books are created, changed books are updated, and no book is "
        "deleted. Exit status: 0 success; 1 the crawl failed or was stopped, with the reason in one line; 2 invalid "
        "arguments."
    )

    # Django's checks load the whole API, which a crawl does not need; `migrate` and `make check` run them.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--site", choices=sorted(find_sites()), default=settings.DEFAULT_SITE,
            help="the shop (default: %(default)s)")  # fmt: skip
        add("--url", type=parse_url, help="address of the shop (default: that of the settings or of the site)")
        add("--limit", type=whole_number(1, 1_000_000), metavar="N", help="read at most N books")
        add("--concurrency", type=whole_number(1, 32), default=DEFAULT_CONNECTIONS, metavar="N",
            help="number of concurrent requests (default: %(default)s)")  # fmt: skip
        add("--delay", type=parse_seconds, metavar="SECONDS",
            help="shortest time between two requests of all threads together (default: that of the settings or of the "
            "site)")  # fmt: skip
        age = parser.add_mutually_exclusive_group()
        age.add_argument("--full", action="store_true",
            help="fetch every page, not only those that are new, changed or due")  # fmt: skip
        age.add_argument("--max-age", type=whole_number(0, 36_500), default=settings.SHOP_MAX_AGE, metavar="DAYS",
            help="fetch a page again at the latest this long after its last reading, even if its listing entry has not "
            "changed (default: %(default)s)")  # fmt: skip
        add("--dry-run", action="store_true", help="report what would be created and updated, and write nothing")
        add("--no-progress", action="store_true", help="do not show progress")
        add("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._scrape(build_options(options), show_progress=not options["no_progress"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), indent=2))
        elif report.counts.seen:
            self.stdout.write(format_summary(report))
        if not report.succeeded:
            raise CommandError(f"Crawl {report.state}: {report.reason}")

    def _scrape(self, options: CrawlOptions, *, show_progress: bool) -> ScrapeReport:
        progress_display = show_on_stderr() if show_progress else nullcontext(lambda done, total: None)
        try:
            with stop_on_signal() as stop, progress_display as progress:
                return run_scrape(options, trigger=ScrapeRun.Trigger.COMMAND, stop=stop, progress=progress)
        except RunInProgress as error:
            raise CommandError(str(error)) from error


def build_options(arguments: dict[str, Any]) -> CrawlOptions:
    site = load_site(arguments["site"])
    defaults = default_options(site, is_full=arguments["full"])
    delay = defaults.fetch.delay if arguments["delay"] is None else arguments["delay"]
    return replace(
        defaults,
        url=arguments["url"] or defaults.url,
        limit=arguments["limit"],
        dry_run=arguments["dry_run"],
        max_age=timedelta(days=arguments["max_age"]),
        fetch=fetch_options(site, delay=delay, connections=arguments["concurrency"]),
    )


def format_summary(report: ScrapeReport) -> str:
    counts = report.counts.as_json()
    names = ("created", "updated", "unchanged", *(["held"] if counts["held"] else []), "failed")
    parts = ", ".join(f"{counts[name]:,} {name}" for name in names)
    if counts["missing"]:
        parts += f", {counts['missing']:,} no longer listed"
    line = f"{counts['seen']:,} books: {parts}; {counts['requests']:,} requests in {report.seconds:.1f} s."
    line = f"Dry run, nothing was written. {line}" if report.dry_run else line
    return "\n".join([line, *describe_changes(report.counts.price_changes)])


def describe_changes(changes: ChangeTally) -> list[str]:
    """The number of price changes, and a line for each of the largest."""
    if not changes.count:
        return []
    heading = f"{changes.count:,} price change{'s' if changes.count > 1 else ''}:"
    lines = [f"  {describe_change(change)}" for change in changes.largest]
    rest = changes.count - len(lines)
    return [heading, *lines, *([f"  and {rest:,} more"] if rest else [])]


def describe_change(change: NamedChange) -> str:
    before = format_money(change.previous_price, change.previous_currency)
    percent = "" if change.change_percent is None else f" ({format_percent(change.change_percent)})"
    return to_printable(f"{change.title}: {before} → {format_money(change.price, change.currency)}{percent}")


def parse_url(value: str) -> str:
    try:
        parse_origin(value)
    except ValueError:
        message = f"{redact(value)!r} is not an http:// or https:// address, such as https://shop.example/"
        raise argparse.ArgumentTypeError(message) from None
    if has_user_information(value):
        message = "must not contain a user name or a password; set them in SHOP_USER and SHOP_PASSWORD"
        raise argparse.ArgumentTypeError(message)
    return value


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
            raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from {minimum} to {maximum}")
        return int(value)

    return parse


def parse_seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds from 0 to 3600")
    return seconds


@contextmanager
def show_on_stderr() -> Iterator[Progress]:
    """A progress bar on a terminal. Otherwise a plain line for every tenth of the books."""
    if not sys.stderr.isatty():
        yield create_line_progress()
        return
    with tqdm(total=None, unit=" books", dynamic_ncols=True, leave=False) as bar, logging_redirect_tqdm():

        def update_bar(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update_bar


def create_line_progress() -> Progress:
    printed_tenths = 0

    def print_line(done: int, total: int) -> None:
        nonlocal printed_tenths
        tenths = done * 10 // total if total else 0
        if tenths > printed_tenths:
            printed_tenths = tenths
            sys.stderr.write(f"{done:,} of {total:,} books\n")

    return print_line
