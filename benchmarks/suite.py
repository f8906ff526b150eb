"""`make bench`: runs all comparisons and writes benchmarks/RESULTS.md.

It takes about twenty minutes, and needs two cores, four gigabytes of disk, wrk, psql and a PostgreSQL server.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from benchmarks import (
    abandoned,
    crawl,
    databases,
    imports,
    latency,
    pages,
    price_changes,
    processes,
    results,
    servers,
    structured,
    throughput,
    watches,
)
from benchmarks.comparison import InvalidMeasurement
from benchmarks.results import Result

SMALL, MEDIUM, LARGE = 1_000, 100_000, 1_000_000
RESULTS = servers.ROOT / "benchmarks" / "RESULTS.md"
SHOP_LATENCY = "20"  # milliseconds
REQUESTS = 10_000


def main() -> None:
    servers.exit_on_sigterm()
    options, server = read_options()
    try:
        measured = list(print_results(run_all(options, server)))
    except (InvalidMeasurement, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    print(results.write_results(measured, RESULTS))
    if below := [result.what for result in measured if "below" in result.verdict]:
        sys.exit(f"Below the floor: {'; '.join(below)}.")


def read_options() -> tuple[throughput.Options, str]:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    servers.add_options(parser)
    default = "postgresql://postgres@127.0.0.1:5432/postgres"
    help_text = "a PostgreSQL server, on which a database is created and dropped (default: %(default)s)"
    parser.add_argument("--database", default=default, help=help_text)
    arguments = parser.parse_args()
    servers.check_requirements(parser, arguments.peers)
    options = throughput.Options(peers=arguments.peers, seconds=arguments.seconds, runs=arguments.runs)
    return options, arguments.database


def run_all(options: throughput.Options, server: str) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        small, medium, large = (create_folder(Path(name), size) for size in ("small", "medium", "large"))
        print_progress("A first crawl, compared with Scrapy …")
        yield measure_first_crawl(options)
        print_progress("Products of pages …")
        yield from structured.measure_structured()
        print_progress("Imports of libraries …")
        yield from imports.measure_imports(server)
        print_progress("Price watches …")
        yield from watches.measure_watches(server)
        print_progress("Price changes and exports …")
        yield from price_changes.measure_price_changes(server)
        fill_folder(small, SMALL)
        print_progress("Warm lists of 1,000 books …")
        yield from throughput.measure_warm_lists(options, small)
        print_progress("Requests that no client waits for …")
        yield from abandoned.measure_abandoned_requests(small)
        fill_folder(medium, MEDIUM)
        print_progress("Cold lists of 100,000 books …")
        yield from throughput.measure_cold_lists(options, medium)
        yield measure_memory(options, medium)
        print_progress("One and two processes …")
        yield from processes.measure_on_sqlite(medium, options.seconds, options.runs)
        yield from processes.measure_on_postgresql(medium, server, options.seconds, options.runs)
        yield from create_ingest_results("SQLite", fill_folder(large, LARGE), floor=5_000, aim=10_000)
        print_progress("Searches, deep pages and growth …")
        yield from latency.measure_searches(options, large)
        yield from latency.measure_deep_pages(options, large, LARGE)
        yield from latency.measure_growth(options, large, small)
        print_progress("Pages …")
        yield from pages.measure_pages(small, SMALL, "SQLite")
        yield from pages.measure_pages(large, LARGE, "SQLite")
        yield from measure_postgresql(large, server)


def print_results(measured: Iterator[Result]) -> Iterator[Result]:
    """Prints each result at once, so that a failure of a later comparison does not lose it."""
    for result in measured:
        print_progress(result.format_line())
        yield result


def print_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def create_folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def fill_folder(folder: Path, books: int) -> databases.IngestFigures:
    print_progress(f"Writing {books:,} books …")
    figures = databases.fill_database(databases.our_environment(folder), books)
    databases.copy_for_peers(folder)
    return figures


def measure_postgresql(folder: Path, server: str) -> Iterator[Result]:
    print_progress(f"Writing {LARGE:,} books to PostgreSQL …")
    with databases.TemporaryDatabase(server, "colophon_bench") as database:
        figures = databases.fill_database(databases.our_environment(folder, database.url), LARGE)
        yield from create_ingest_results("PostgreSQL", figures, floor=2_500, aim=5_000)
        database.vacuum()
        print_progress("Searches on PostgreSQL …")
        yield from latency.measure_searches_on_postgresql(folder, database.url)
        print_progress("Pages on PostgreSQL …")
        yield from pages.measure_pages(folder, LARGE, "PostgreSQL", database.url)


def create_ingest_results(database: str, figures: databases.IngestFigures, *, floor: float, aim: float) -> list[Result]:
    label = f"ingest of 1,000,000 new books, {database}"
    rate = Result(
        what=f"{label}, a second", ours=f"{figures.rate:,.0f}", peer="", ratio=figures.rate, floor=floor, aim=aim,
    )  # fmt: skip
    memory = Result(
        what=f"{label}, memory", ours=f"{figures.peak_mb:,.0f} MB", peer="", ratio=figures.peak_mb, floor=300, aim=300,
        is_upper_bound=True,
    )  # fmt: skip
    return [rate, memory]


def measure_memory(options: throughput.Options, folder: Path) -> Result:
    """Resident memory of the worker process and of its supervisor, after 10,000 different requests."""
    print_progress(f"Memory after {REQUESTS:,} requests …")
    addresses = folder / "urls.txt"
    with throughput.run_servers(options, folder, ["ours"]) as ports:
        responses = 0
        while responses < REQUESTS:
            responses += throughput.load_addresses(ports["ours"], addresses, responses, options.seconds)["right"]
        children = psutil.Process().children(recursive=True)
        *supervisors, worker = sorted(process.memory_info().rss / 2**20 for process in children)
    return Result(
        what=f"resident after {REQUESTS:,} requests",
        ours=f"{worker:,.0f} MB (its supervisor {sum(supervisors):,.0f} MB)", peer="", ratio=worker, floor=150, aim=100,
        is_upper_bound=True,
    )  # fmt: skip


def measure_first_crawl(options: throughput.Options) -> Result:
    """The seconds of a first crawl of the fake shop."""
    with run_shop() as url:
        crawl_options = crawl.Options(url=url, concurrency=4, runs=options.runs, scrapy=options.peers / "scrapy")
        pairs = [crawl.measure(crawl_options, number) for number in range(1, options.runs + 1)]
    ours, scrapy = (median(getattr(pair, side) for pair in pairs) for side in ("ours", "peer"))
    return Result(
        what=f"first crawl of 1,000 books, {SHOP_LATENCY} ms a page", ours=f"{ours:.1f} s",
        peer=f"Scrapy {scrapy:.1f} s", ratio=median(pair.ratio for pair in pairs), floor=1, aim=1, is_upper_bound=True,
    )  # fmt: skip


@contextmanager
def run_shop() -> Iterator[str]:
    """Yields the address."""
    command = [sys.executable, "-m", "tests.fakes.shop", "--latency-ms", SHOP_LATENCY]
    with subprocess.Popen(command, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
