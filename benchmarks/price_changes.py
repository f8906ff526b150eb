"""The list of price changes, and exports of the price history, at a million observations.

The time of a list, without cached responses, has a bound. The time at 10,000 observations is stated for comparison.
The memory of an export is compared with that of 10,000 rows.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import databases, servers
from benchmarks.results import Result

SMALL, LARGE = 1_000, 100_000  # books with ten observations each
QUERIES = (
    "", "direction=down&ordering=change_percent", "category=Category%207", "since=2026-03-01&min_drop_percent=20",
    "cursor=&limit=100",
)  # fmt: skip
FILL = """
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from books.ingest import ingest
from books.models import Book, PriceObservation
from books.records import BookRecord
from core.batches import batches
from core.db.bulk import insert
from core.db.statistics import update_statistics

ingest(
    BookRecord(source="bench", source_key=str(number), title=f"Book {{number}}", category=f"Category {{number % 50}}",
               price=Decimal("20.00"), currency="GBP", availability="in_stock", stock=5)
    for number in range({books})
)
start = datetime(2026, 1, 1, tzinfo=UTC)
prices = [Decimal("16.00"), Decimal("20.00")]
columns = ["book", "observed_at", "price", "currency", "availability", "stock", "previous_price", "previous_currency",
           "change_percent"]
rows = (
    (book, start + timedelta(days=10 * step, seconds=book), prices[step % 2], "GBP", "in_stock", step,
     prices[1 - step % 2], "GBP", Decimal("-20.00") if step % 2 == 0 else Decimal("25.00"))
    for step in range(9) for book in Book.objects.order_by("pk").values_list("pk", flat=True)
)
for some in batches(rows, 20_000):
    insert(PriceObservation, columns, some)
update_statistics()
"""
LIST = f"""
import json, time
from django.test import Client
client, times = Client(HTTP_HOST="localhost"), {{}}
for query in {QUERIES!r}:
    for _ in range(12):
        start = time.perf_counter()
        response = client.get(f"/api/price-changes?{{query}}")
        times.setdefault(query, []).append(time.perf_counter() - start)
        assert response.status_code == 200, response.content
print(json.dumps(times))
"""
EXPORT = """
import json, resource, time
from django.core.management import call_command
start = time.perf_counter()
call_command("export_catalogue", "prices", "--output", "{path}")
seconds = time.perf_counter() - start
with open("{path}") as file:
    rows = sum(1 for line in file) - 1
print(json.dumps({{"seconds": seconds, "rows": rows,
                   "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}}))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """The median seconds of each query, and those of the export."""

    lists: dict[str, float]
    seconds: float
    rows: int
    peak_mb: float


def measure_price_changes(server: str) -> Iterator[Result]:
    for database in ("SQLite", "PostgreSQL"):
        small, large = (measure(database, server, books) for books in (SMALL, LARGE))
        yield from compare(database, small, large)


def measure(database: str, server: str, books: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        folder = Path(name)
        if database == "SQLite":
            return measure_database(databases.our_environment(folder), folder, books)
        with databases.TemporaryDatabase(server, "colophon_bench_changes") as created:
            return measure_database(databases.our_environment(folder, created.url), folder, books)


def measure_database(environment: dict[str, str], folder: Path, books: int) -> Figures:
    environment = {**environment, "READ_CACHE_MB": "0", "LOG_LEVEL": "WARNING"}
    servers.run_manage(environment, "migrate", "--verbosity", "0")
    run_code(environment, FILL.format(books=books))
    times = json.loads(run_code(environment, LIST))
    export = json.loads(run_code(environment, EXPORT.format(path=folder / "prices.csv")))
    return Figures({query: median(each) for query, each in times.items()}, **export)


def run_code(environment: dict[str, str], code: str) -> str:
    output = servers.run_manage(environment, "shell", "--verbosity", "0", "--command", code)
    return output.splitlines()[-1] if output else ""


def compare(database: str, small: Figures, large: Figures) -> Iterator[Result]:
    for query in QUERIES:
        before, after = small.lists[query], large.lists[query]
        yield Result(
            what=f"`/api/price-changes?{query}` at {large.rows:,} observations, {database}",
            ours=f"{after * 1000:.1f} ms", peer=f"at {small.rows:,} {before * 1000:.1f} ms", ratio=after * 1000,
            floor=100, aim=50, is_upper_bound=True,
        )  # fmt: skip
    yield Result(
        what=f"export of {large.rows:,} observations as CSV, {database}, memory", ours=f"{large.peak_mb:.0f} MB",
        peer=f"of {small.rows:,} {small.peak_mb:.0f} MB", ratio=large.peak_mb / small.peak_mb, floor=1.2, aim=1.1,
        is_upper_bound=True,
    )  # fmt: skip
    yield Result(
        what=f"export of {large.rows:,} observations as CSV, {database}, rows a second",
        ours=f"{large.rows / large.seconds:,.0f}", peer="", ratio=large.rows / large.seconds, floor=10_000, aim=30_000,
    )  # fmt: skip


if __name__ == "__main__":
    for result in measure_price_changes("postgresql://postgres@127.0.0.1:5432/postgres"):
        print(result.format_line())
