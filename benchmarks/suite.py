"""`make bench`: runs all comparisons and writes benchmarks/RESULTS.md.

It takes about twenty minutes, and needs two cores, four gigabytes of disk, wrk, psql and a PostgreSQL server.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
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


class Bench:
    """The options, the server and the folders of a run. A folder is filled with books when it is first used."""

    def __init__(self, options: throughput.Options, server: str, root: Path) -> None:
        self.options, self.server, self._root = options, server, root

    @cached_property
    def small(self) -> Path:
        return self._fill(SMALL)[0]

    @cached_property
    def medium(self) -> Path:
        return self._fill(MEDIUM)[0]

    @cached_property
    def large(self) -> tuple[Path, databases.IngestFigures]:
        return self._fill(LARGE)

    def _fill(self, books: int) -> tuple[Path, databases.IngestFigures]:
        print_progress(f"Writing {books:,} books …")
        folder = self._root / str(books)
        folder.mkdir()
        figures = databases.fill_database(databases.our_environment(folder), books)
        databases.copy_for_peers(folder)
        return folder, figures


def main() -> None:
    servers.exit_on_sigterm()
    arguments = read_arguments()
    options = throughput.Options(peers=arguments.peers, seconds=arguments.seconds, runs=arguments.runs)
    try:
        with tempfile.TemporaryDirectory(prefix="colophon-bench-") as root:
            bench = Bench(options, arguments.database, Path(root))
            measured = list(print_results(run_parts(bench, arguments.only or PARTS)))
    except (InvalidMeasurement, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    print(results.write_results(measured, RESULTS, keep_others=bool(arguments.only)))
    if below := [result.what for result in measured if "below" in result.verdict]:
        sys.exit(f"Below the floor: {'; '.join(below)}.")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    servers.add_options(parser)
    default = "postgresql://postgres@127.0.0.1:5432/postgres"
    help_text = "a PostgreSQL server, on which a database is created and dropped (default: %(default)s)"
    parser.add_argument("--database", default=default, help=help_text)
    help_text = "measure these parts and keep the other results"
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"{help_text}: {', '.join(PARTS)}")
    arguments = parser.parse_args()
    servers.check_requirements(parser, arguments.peers)
    return arguments


def run_parts(bench: Bench, names: Iterable[str]) -> Iterator[Result]:
    for name in names:
        print_progress(f"{name} …")
        yield from PARTS[name](bench)


def measure_lists(bench: Bench) -> Iterator[Result]:
    yield from throughput.measure_warm_lists(bench.options, bench.small)
    yield from abandoned.measure_abandoned_requests(bench.small)
    yield from throughput.measure_cold_lists(bench.options, bench.medium)
    yield measure_memory(bench.options, bench.medium)


def measure_processes(bench: Bench) -> Iterator[Result]:
    seconds, runs = bench.options.seconds, bench.options.runs
    yield from processes.measure_on_sqlite(bench.medium, seconds, runs)
    yield from processes.measure_on_postgresql(bench.medium, bench.server, seconds, runs)


def measure_large_catalogue(bench: Bench) -> Iterator[Result]:
    folder, figures = bench.large
    yield from create_ingest_results("SQLite", figures, floor=5_000, aim=10_000)
    yield from latency.measure_searches(bench.options, folder)
    yield from latency.measure_deep_pages(bench.options, folder, LARGE)
    yield from latency.measure_growth(bench.options, folder, bench.small)


def measure_pages(bench: Bench) -> Iterator[Result]:
    yield from pages.measure_pages(bench.small, SMALL, "SQLite")
    yield from pages.measure_pages(bench.large[0], LARGE, "SQLite")


def print_results(measured: Iterator[Result]) -> Iterator[Result]:
    """Prints each result at once, so that a failure of a later comparison does not lose it."""
    for result in measured:
        print_progress(result.format_line())
        yield result


def print_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure_postgresql(bench: Bench) -> Iterator[Result]:
    folder = bench.large[0]
    print_progress(f"Writing {LARGE:,} books to PostgreSQL …")
    with databases.TemporaryDatabase(bench.server, "colophon_bench") as database:
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


PARTS: dict[str, Callable[[Bench], Iterable[Result]]] = {
    "crawl": lambda bench: [measure_first_crawl(bench.options)],
    "structured": lambda bench: structured.measure_structured(),
    "imports": lambda bench: imports.measure_imports(bench.server),
    "watches": lambda bench: watches.measure_watches(bench.server),
    "price-changes": lambda bench: price_changes.measure_price_changes(bench.server),
    "lists": measure_lists,
    "processes": measure_processes,
    "large-catalogue": measure_large_catalogue,
    "pages": measure_pages,
    "postgresql": measure_postgresql,
}

if __name__ == "__main__":
    main()
