"""Compares `manage.py scrape_books` with a Scrapy spider: the same shop, the same fields, a new database each time.

The two take turns, so that a slow minute of the machine meets both. After each pair both databases must hold the
same books, field by field; otherwise nothing is printed but the difference.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pairs import Pair, Unfit, absolute, positive, table

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SPIDER = ROOT / "benchmarks" / "peers" / "books_spider.py"
FIELDS = "upc, title, currency, in_stock, stock, rating, description, cover_url, product_url"
# The price in pence: sums of decimals that SQLite keeps as floats differ in the last digit.
PENCE = "CAST(ROUND(price * 100) AS INTEGER)"
OURS = (
    f"SELECT {FIELDS}, {PENCE} AS pence, books_category.name AS category"
    " FROM books_book JOIN books_category ON books_category.id = category_id ORDER BY upc"
)
SCRAPYS = f"SELECT {FIELDS}, {PENCE} AS pence, category FROM books ORDER BY upc"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is measured. `scrapy` is the executable of an environment that has Scrapy."""

    url: str
    concurrency: int
    runs: int
    scrapy: Path


def main() -> None:
    options = read_options(__doc__)
    try:
        pairs = [measure(options, number) for number in range(1, options.runs + 1)]
    except (Unfit, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    print(f"seconds\n{table(pairs, peer='scrapy', digits=2)}")


def read_options(description: str | None) -> Options:
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    add = parser.add_argument
    add("--url", required=True, help="where the shop is: a copy of it on this machine")
    add("--concurrency", type=positive, default=4, metavar="N", help="requests at a time (default: %(default)s)")
    add("--runs", type=positive, default=3, metavar="N", help="turns of each (default: %(default)s)")
    add("--scrapy", type=absolute, default=ROOT / ".venv-bench" / "bin" / "scrapy", help="default: %(default)s")
    options = Options(**vars(parser.parse_args()))
    if not options.scrapy.is_file():
        parser.error(f"there is no {options.scrapy}: benchmarks/README.md says how to install Scrapy")
    return options


def measure(options: Options, number: int) -> Pair:
    """One turn each, on fresh databases, and the proof that both did the same work."""
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        folder = Path(name)
        prepare(options, folder)
        pair = Pair(timed(lambda: crawl_with_ours(options, folder)), timed(lambda: crawl_with_scrapy(options, folder)))
        print(f"run {number}: {compared(folder)}, the same on both sides", file=sys.stderr)
    return pair


def prepare(options: Options, folder: Path) -> None:
    """A database of ours; and Scrapy in the file cache before the clock starts, as ours is by then."""
    run([*MANAGE, "migrate", "--verbosity", "0"], our_environment(folder))
    run([str(options.scrapy), "version"], {})


def our_environment(folder: Path) -> dict[str, str]:
    # DEBUG would keep every query in memory.
    return {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'ours.sqlite3'}", "DEBUG": "false"}


def crawl_with_ours(options: Options, folder: Path) -> dict[str, Any]:
    """The crawl's own report."""
    order = ["--url", options.url, "--concurrency", str(options.concurrency), "--delay", "0", "--no-progress", "--json"]
    report: dict[str, Any] = json.loads(run([*MANAGE, "scrape_books", *order], our_environment(folder)))
    return report


def crawl_with_scrapy(options: Options, folder: Path) -> None:
    settings = {
        "LOG_LEVEL": "WARNING",  # the spider's own setting comes too late for the first lines
        "SQLITE_PATH": folder / "scrapy.sqlite3",
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
    }
    order = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    run([str(options.scrapy), "runspider", str(SPIDER), "-a", f"url={options.url}", *order], {})


def run(command: list[str], environment: dict[str, str]) -> str:
    """Runs it to its end, gives what it printed; its warnings go to stderr. Raises CalledProcessError."""
    return subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compared(folder: Path) -> str:
    """What both sides hold, in words. Raises Unfit where they differ."""
    ours, scrapys = read(folder / "ours.sqlite3", OURS), read(folder / "scrapy.sqlite3", SCRAPYS)
    refuse_difference(ours, scrapys)
    return totals(ours)


def read(path: Path, query: str) -> Rows:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


def refuse_difference(ours: Rows, scrapys: Rows) -> None:
    if not ours:
        raise Unfit("The crawl brought no books.")
    if totals(ours) != totals(scrapys):
        raise Unfit(f"Ours brought {totals(ours)}; Scrapy brought {totals(scrapys)}.")
    for mine, other in zip(ours, scrapys, strict=True):
        if names := [name for name in mine if mine[name] != other[name]]:
            raise Unfit(f"Book {mine['upc']} differs in {', '.join(names)}: {mine} and {other}.")


def totals(rows: Rows) -> str:
    """Count, sum of prices and sum of stock, in words."""
    pence, copies = sum(row["pence"] for row in rows), sum(row["stock"] or 0 for row in rows)
    return f"{len(rows):,} books at {pence / 100:,.2f} in all, {copies:,} copies"


if __name__ == "__main__":
    main()
