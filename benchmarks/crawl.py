"""Compares `manage.py scrape_books` with a Scrapy spider: the same shop, the same fields, a new database for each run.

The two sides take turns, so that a slow period of the machine affects both. After each pair, both databases must
contain the same books with the same fields; otherwise only the difference is printed.
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

from benchmarks.comparison import InvalidMeasurement, Pair, absolute_path, format_table, positive_integer

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
SPIDER = ROOT / "benchmarks" / "peers" / "books_spider.py"
FIELDS = "upc, title, currency, in_stock, stock, rating, description, cover_url, product_url"
# Prices in pence, because SQLite stores decimals as floats, and sums of floats differ in the last digit.
PENCE = "CAST(ROUND(price * 100) AS INTEGER)"
OUR_QUERY = (
    f"SELECT {FIELDS}, {PENCE} AS pence, books_category.name AS category"
    " FROM books_book JOIN books_category ON books_category.id = category_id ORDER BY upc"
)
SCRAPY_QUERY = f"SELECT {FIELDS}, {PENCE} AS pence, category FROM books ORDER BY upc"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`scrapy` is the path of the executable."""

    url: str
    concurrency: int
    runs: int
    scrapy: Path


def main() -> None:
    options = read_options(__doc__)
    try:
        pairs = [measure(options, number) for number in range(1, options.runs + 1)]
    except (InvalidMeasurement, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    print(f"seconds\n{format_table(pairs, peer='scrapy', digits=2)}")


def read_options(description: str | None) -> Options:
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    add = parser.add_argument
    add("--url", required=True, help="the address of the shop, which must be a copy on this machine")
    add(
        "--concurrency",
        type=positive_integer,
        default=4,
        metavar="N",
        help="concurrent requests (default: %(default)s)",
    )
    add("--runs", type=positive_integer, default=3, metavar="N", help="runs of each side (default: %(default)s)")
    add("--scrapy", type=absolute_path, default=ROOT / ".venv-bench" / "bin" / "scrapy", help="default: %(default)s")
    options = Options(**vars(parser.parse_args()))
    if not options.scrapy.is_file():
        parser.error(f"{options.scrapy} does not exist. Install Scrapy as described in benchmarks/README.md.")
    return options


def measure(options: Options, number: int) -> Pair:
    """Runs each side once on a new database, and checks that the results are equal."""
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        folder = Path(name)
        prepare(options, folder)
        ours = measure_seconds(lambda: crawl_with_ours(options, folder))
        pair = Pair(ours, measure_seconds(lambda: crawl_with_scrapy(options, folder)))
        print(f"run {number}: {check_same_books(folder)}, the same on both sides", file=sys.stderr)
    return pair


def prepare(options: Options, folder: Path) -> None:
    """Creates our database, and loads both programs into the file cache before the time is measured."""
    run([*MANAGE, "migrate", "--verbosity", "0"], our_environment(folder))
    run([str(options.scrapy), "version"], {})


def our_environment(folder: Path) -> dict[str, str]:
    # With DEBUG, Django would keep every query in memory.
    return {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'ours.sqlite3'}", "DEBUG": "false"}


def crawl_with_ours(options: Options, folder: Path) -> dict[str, Any]:
    """Returns the report of the crawl."""
    arguments = ["--url", options.url, "--concurrency", str(options.concurrency), "--delay", "0"]
    command = [*MANAGE, "scrape_books", *arguments, "--no-progress", "--json"]
    report: dict[str, Any] = json.loads(run(command, our_environment(folder)))
    return report


def crawl_with_scrapy(options: Options, folder: Path) -> None:
    settings = {
        "LOG_LEVEL": "WARNING",  # the setting of the spider is applied after the first log lines
        "SQLITE_PATH": folder / "scrapy.sqlite3",
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
    }
    arguments = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    run([str(options.scrapy), "runspider", str(SPIDER), "-a", f"url={options.url}", *arguments], {})


def run(command: list[str], environment: dict[str, str]) -> str:
    """Returns the standard output; passes the standard error through. Raises CalledProcessError."""
    return subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def measure_seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def check_same_books(folder: Path) -> str:
    """Returns the totals as text. Raises InvalidMeasurement if the two databases differ."""
    ours = read_rows(folder / "ours.sqlite3", OUR_QUERY)
    compare_rows(ours, read_rows(folder / "scrapy.sqlite3", SCRAPY_QUERY))
    return describe_totals(ours)


def read_rows(path: Path, query: str) -> Rows:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


def compare_rows(ours: Rows, scrapy: Rows) -> None:
    if not ours:
        raise InvalidMeasurement("The crawl stored no books.")
    if describe_totals(ours) != describe_totals(scrapy):
        raise InvalidMeasurement(f"Ours stored {describe_totals(ours)}; Scrapy stored {describe_totals(scrapy)}.")
    for our_row, scrapy_row in zip(ours, scrapy, strict=True):
        if names := [name for name in our_row if our_row[name] != scrapy_row[name]]:
            raise InvalidMeasurement(
                f"Book {our_row['upc']} differs in {', '.join(names)}: {our_row} and {scrapy_row}."
            )


def describe_totals(rows: Rows) -> str:
    """Number of books, sum of prices and sum of copies, as text."""
    pence, copies = sum(row["pence"] for row in rows), sum(row["stock"] or 0 for row in rows)
    return f"{len(rows):,} books at {pence / 100:,.2f} in total, {copies:,} copies"


if __name__ == "__main__":
    main()
