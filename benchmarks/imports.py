"""The time until the rows of a library file are in the library, with Open Library unavailable, and the requests that
complete them later.

The peer is `ingest` of as many books, in the same database and in turns: the difference is the cost of the library.
"""

import csv
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from stdnum import ean

from benchmarks import databases, servers
from benchmarks.comparison import InvalidMeasurement
from benchmarks.results import Result
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving

ROWS, RUNS = 2_000, 3
SECONDS = 10.0
REQUESTS = 50
NOWHERE = "http://127.0.0.1:9"  # nothing listens there
EMAIL = "bench@example.org"
CREATE_USER = f"""
from users.models import User
User.objects.create_user(name="Bench", email="{EMAIL}", age=30, password="x")
"""
INGEST = """
import time
from books.ingest import ingest
from books.records import AuthorRecord, BookRecord
records = [
    BookRecord(
        source="bench", source_key=str(number), title=f"Book {{number}}",
        authors=(AuthorRecord.identified_by_name(f"Author {{number % 700}}"),),
    )
    for number in range({start}, {stop})
]
start = time.monotonic()
ingest(records, publish=False)
print(time.monotonic() - start)
"""
ENRICH = """
from users.imports.jobs import lifecycle
from users.models import ImportJob
job = ImportJob.objects.earliest("pk")
while lifecycle.run_step(job):
    pass
print(job.rows.filter(lookup="found").count())
"""
HEADER = ["Book Id", "Title", "Author", "ISBN13", "My Rating", "Date Read", "Bookshelves", "Exclusive Shelf"]


def measure_imports(server: str) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        yield from measure_database("SQLite", databases.our_environment(Path(name)))
        with databases.TemporaryDatabase(server, "colophon_bench_imports") as database:
            yield from measure_database("PostgreSQL", databases.our_environment(Path(name), database.url))


def measure_database(database: str, environment: dict[str, str]) -> Iterator[Result]:
    environment = {**environment, "OPENLIBRARY_URL": NOWHERE}
    servers.run_manage(environment, "migrate", "--verbosity", "0")
    servers.run_manage(environment, "shell", "--verbosity", "0", "--command", CREATE_USER)
    pairs = [(import_rows(environment, run), ingest_rows(environment, run)) for run in range(RUNS)]
    ours, peer = (median(times) for times in zip(*pairs, strict=True))
    label = f"import of {ROWS:,} rows, {database}"
    yield Result(
        what=f"{label}, seconds", ours=f"{ours:.1f} s", peer="", ratio=ours, floor=SECONDS, aim=SECONDS / 2,
        is_upper_bound=True,
    )  # fmt: skip
    yield Result(
        what=label, ours=f"{ours:.1f} s", peer=f"ingest of as many books {peer:.2f} s", ratio=ours / peer, floor=40,
        aim=20, is_upper_bound=True,
    )  # fmt: skip
    requests = count_enrichment_requests(environment)
    yield Result(
        what=f"data of Open Library for {ROWS:,} imported ISBNs, {database}, requests", ours=f"{requests}", peer="",
        ratio=requests, floor=REQUESTS, aim=REQUESTS - 10, is_upper_bound=True,
    )  # fmt: skip


def import_rows(environment: dict[str, str], run: int) -> float:
    """Seconds of the whole command, with its start."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number in range(run * ROWS, (run + 1) * ROWS):
            author = f"Author {number % 700}"
            cells = [number, f"Book {number}", author, isbn_of(number), number % 6, "2024/05/03", f"tag{number % 30}"]
            rows.writerow([*cells, "read"])
        file.flush()
        start = time.monotonic()
        output = servers.run_manage(environment, "import_library", file.name, "--user", EMAIL, "--json")
        seconds = time.monotonic() - start
    created = json.loads(output)["outcomes"]["created"]
    if created != ROWS:
        raise InvalidMeasurement(f"{created} of {ROWS} rows were imported.")
    return seconds


def isbn_of(number: int) -> str:
    digits = f"978{number:09}"
    return digits + ean.calc_check_digit(digits)


def count_enrichment_requests(environment: dict[str, str]) -> int:
    """The requests to Open Library for the rows of the first import. All of them are found."""
    open_library = OpenLibrary()
    for number in range(ROWS):
        work = {"key": f"/works/OL{number + 1}W", "title": f"Book {number}"}
        edition = {"key": f"/books/OL{number + 1}M", "isbn_13": [isbn_of(number)], "works": [work]}
        open_library.documents[f"/isbn/{isbn_of(number)}"] = {**edition, "title": f"Book {number}"}
        open_library.docs.append({**work, "author_name": [f"Author {number % 700}"]})
    with serving(open_library) as url:
        variables = {**environment, "OPENLIBRARY_URL": url}
        output = servers.run_manage(variables, "shell", "--verbosity", "0", "--command", ENRICH)
    if (found := int(output.splitlines()[-1])) != ROWS:
        raise InvalidMeasurement(f"{found} of {ROWS} rows were completed.")
    return sum(open_library.requests.values())


def ingest_rows(environment: dict[str, str], run: int) -> float:
    code = INGEST.format(start=run * ROWS, stop=(run + 1) * ROWS)
    return float(servers.run_manage(environment, "shell", "--verbosity", "0", "--command", code).splitlines()[-1])


if __name__ == "__main__":
    for result in measure_imports("postgresql://postgres@127.0.0.1:5432/postgres"):
        print(result.format_line())
