"""Compares a refresh of an unchanged shop with a second Scrapy crawl of the same shop.

Each side first crawls the shop once, which is not measured; then the sides take turns to crawl it again into the same
database. Ours is measured twice: by the seconds in its report, and by the wall time of its process. Both databases must
contain the same books at the end.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comparison import InvalidMeasurement, Pair, format_table
from benchmarks.crawl import (
    Options,
    check_same_books,
    crawl_with_ours,
    crawl_with_scrapy,
    measure_seconds,
    prepare,
    read_options,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    by_report: Pair
    by_wall: Pair


def main() -> None:
    options = read_options(__doc__)
    try:
        turns = measure(options)
    except (InvalidMeasurement, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    for title, pairs in (
        ("by the report's own seconds, against the wall time of Scrapy", [turn.by_report for turn in turns]),
        ("by wall time, in seconds", [turn.by_wall for turn in turns]),
    ):
        print(f"\n{title}\n{format_table(pairs, peer='scrapy', digits=2)}")


def measure(options: Options) -> list[Turn]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        folder = Path(name)
        prepare(options, folder)
        crawl_with_ours(options, folder)
        crawl_with_scrapy(options, folder)
        turns = [take_turn(options, folder) for _ in range(options.runs)]
        print(f"{check_same_books(folder)}, the same on both sides", file=sys.stderr)
    return turns


def take_turn(options: Options, folder: Path) -> Turn:
    start = time.perf_counter()
    report = crawl_with_ours(options, folder)
    wall = time.perf_counter() - start
    counts = report["counts"]
    if counts["unchanged"] != counts["seen"]:
        raise InvalidMeasurement(f"The shop changed between two runs: {counts}.")
    print(f"{counts['seen']:,} books unchanged after {counts['requests']} requests", file=sys.stderr)
    scrapy = measure_seconds(lambda: crawl_with_scrapy(options, folder))
    return Turn(by_report=Pair(report["seconds"], scrapy), by_wall=Pair(wall, scrapy))


if __name__ == "__main__":
    main()
