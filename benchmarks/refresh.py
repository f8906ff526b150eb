"""Compares a refresh of an unchanged shop with Scrapy's crawl of the same shop again: each over its database of before.

Each side crawls the shop once, off the clock; then they take turns at crawling it again. Ours is measured twice: by the
seconds of its report, and from the start of its process to the end. Both databases must hold the same books at the end.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crawl import Options, compared, crawl_with_ours, crawl_with_scrapy, prepare, read_options, timed
from benchmarks.pairs import Pair, Unfit, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    by_report: Pair
    by_wall: Pair


def main() -> None:
    options = read_options(__doc__)
    try:
        turns = measure(options)
    except (Unfit, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    for title, pairs in (
        ("by the report's own seconds, against the wall time of Scrapy", [turn.by_report for turn in turns]),
        ("by wall time, in seconds", [turn.by_wall for turn in turns]),
    ):
        print(f"\n{title}\n{table(pairs, peer='scrapy', digits=2)}")


def measure(options: Options) -> list[Turn]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        folder = Path(name)
        prepare(options, folder)
        crawl_with_ours(options, folder)
        crawl_with_scrapy(options, folder)
        turns = [take_turn(options, folder) for _ in range(options.runs)]
        print(f"{compared(folder)}, the same on both sides", file=sys.stderr)
    return turns


def take_turn(options: Options, folder: Path) -> Turn:
    started = time.perf_counter()
    report = crawl_with_ours(options, folder)
    wall = time.perf_counter() - started
    counts = report["counts"]
    if counts["unchanged"] != counts["seen"]:
        raise Unfit(f"The shop changed between two runs: {counts}.")
    print(f"{counts['seen']:,} books unchanged after {counts['requests']} requests", file=sys.stderr)
    scrapys = timed(lambda: crawl_with_scrapy(options, folder))
    return Turn(by_report=Pair(report["seconds"], scrapys), by_wall=Pair(wall, scrapys))


if __name__ == "__main__":
    main()
