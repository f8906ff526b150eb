"""`make bench`: everything that this folder compares, side by side, and benchmarks/RESULTS.md with what came of it.

It takes some twenty minutes, two cores, four gigabytes of disk, wrk, psql and a PostgreSQL server.
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

from benchmarks import crawl, latency, reads, results, servers, stock
from benchmarks.pairs import Unfit
from benchmarks.results import Result

SMALL, MIDDLE, LARGE = 1_000, 100_000, 1_000_000
RESULTS = servers.ROOT / "benchmarks" / "RESULTS.md"
SHOP_LATENCY = "20"  # milliseconds
REQUESTS = 10_000


def main() -> None:
    servers.end_cleanly_on_sigterm()
    options, server = read_options()
    try:
        found = list(told(everything(options, server)))
    except (Unfit, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    print(results.write(found, RESULTS))
    if below := [each.what for each in found if "below" in each.verdict]:
        sys.exit(f"Below the floor: {'; '.join(below)}.")


def read_options() -> tuple[reads.Options, str]:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    servers.add_options(parser)
    default = "postgresql://postgres@127.0.0.1:5432/postgres"
    parser.add_argument(
        "--database", default=default, help="a PostgreSQL server; ours is made there (default: %(default)s)"
    )
    given = parser.parse_args()
    servers.refuse_what_cannot_run(parser, given.peers)
    return reads.Options(peers=given.peers, seconds=given.seconds, runs=given.runs), given.database


def everything(options: reads.Options, server: str) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        small, middle, large = (made_folder(Path(name), size) for size in ("small", "middle", "large"))
        note("A first crawl, beside Scrapy …")
        yield crawled(options)
        filled(small, SMALL)
        note("Warm lists of 1,000 books …")
        yield from reads.warm(options, small)
        filled(middle, MIDDLE)
        note("Cold lists of 100,000 books …")
        yield from reads.cold(options, middle)
        yield at_rest(options, middle)
        yield from written("SQLite", filled(large, LARGE), floor=5_000, aim=10_000)
        note("Searches, far pages and growth …")
        yield from latency.searches(options, large)
        yield from latency.depths(options, large, LARGE)
        yield from latency.growth(options, large, small)
        yield from on_postgresql(large, server)


def told(found: Iterator[Result]) -> Iterator[Result]:
    """Each as it comes: what is measured by then is there to read when a later one fails."""
    for result in found:
        note(result.line())
        yield result


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def made_folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def filled(folder: Path, books: int) -> stock.Filled:
    note(f"Writing {books:,} books …")
    made = stock.fill(stock.environment(folder), books)
    stock.copy_for_peers(folder)
    return made


def on_postgresql(folder: Path, server: str) -> Iterator[Result]:
    note(f"Writing {LARGE:,} books to PostgreSQL …")
    with stock.Postgres(server, "colophon_bench") as made:
        yield from written("PostgreSQL", stock.fill(stock.environment(folder, made.url), LARGE), floor=2_500, aim=5_000)
        made.count_rows()
        note("Searches on PostgreSQL …")
        yield from latency.searches_on_postgresql(folder, made.url)


def written(database: str, made: stock.Filled, *, floor: float, aim: float) -> list[Result]:
    what = f"ingest of 1,000,000 new books, {database}"
    rate = Result(what=f"{what}, a second", ours=f"{made.rate:,.0f}", peer="", ratio=made.rate, floor=floor, aim=aim)
    memory = Result(
        what=f"{what}, memory", ours=f"{made.peak_mb:,.0f} MB", peer="", ratio=made.peak_mb, floor=300, aim=300,
        is_most=True,
    )  # fmt: skip
    return [rate, memory]


def at_rest(options: reads.Options, folder: Path) -> Result:
    """The process that answers, after 10,000 different requests; its supervisor beside it."""
    note(f"{REQUESTS:,} requests, for what they leave in memory …")
    addresses = folder / "urls.txt"
    with reads.serving(options, folder, ["ours"]) as ports:
        answered = 0
        while answered < REQUESTS:
            answered += reads.ask_for_each(ports["ours"], addresses, answered, options.seconds)["right"]
        *beside, used = sorted(each.memory_info().rss / 2**20 for each in psutil.Process().children(recursive=True))
    return Result(
        what=f"resident after {REQUESTS:,} requests", ours=f"{used:,.0f} MB (its supervisor {sum(beside):,.0f} MB)",
        peer="", ratio=used, floor=150, aim=100, is_most=True,
    )  # fmt: skip


def crawled(options: reads.Options) -> Result:
    """A first crawl of the project's own shop, in seconds."""
    with shop() as url:
        asked = crawl.Options(url=url, concurrency=4, runs=options.runs, scrapy=options.peers / "scrapy")
        pairs = [crawl.measure(asked, number) for number in range(1, options.runs + 1)]
    ours, scrapy = (median(getattr(pair, side) for pair in pairs) for side in ("ours", "peer"))
    return Result(
        what=f"first crawl of 1,000 books, {SHOP_LATENCY} ms a page", ours=f"{ours:.1f} s",
        peer=f"Scrapy {scrapy:.1f} s", ratio=median(pair.ratio for pair in pairs), floor=1, aim=1, is_most=True,
    )  # fmt: skip


@contextmanager
def shop() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.fakes.shop", "--latency-ms", SHOP_LATENCY]
    with subprocess.Popen(command, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
