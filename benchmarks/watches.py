"""Ingest of 1,000 changed prices with 100,000 watches on their books, compared with the same ingest without watches.

Five of six watches fire at the first change. At the second, which is a small rise, only those on any change do. The
time of two SQL statements that copy as many notifications and update as many watches shows what the database alone
needs.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import databases, servers
from benchmarks.results import Result

BOOKS, READERS, WATCHES = 1_000, 200, 100_000
SECONDS = 5.0
CODE = f"""
import json, time
from decimal import Decimal
from django.db import connection, transaction
from django.utils import timezone
from books.ingest import ingest
from books.models import Book
from books.records import BookRecord
from core.db.bulk import insert
from core.db.statistics import update_statistics
from users.models import Notification, PriceWatch, User

def ingest_prices(price):
    records = [
        BookRecord(source="bench", source_key=str(number), title=f"Book {{number}}", price=Decimal(price),
                   currency="GBP", availability="in_stock")
        for number in range({BOOKS})
    ]
    start = time.monotonic()
    ingest(records)
    return time.monotonic() - start

ingest_prices("20.00")
without = ingest_prices("22.00")
now = timezone.now()
User.objects.bulk_create(
    User(email=f"reader{{number}}@example.org", email_key=f"reader{{number}}@example.org", name="Reader", password="!")
    for number in range({READERS})
)
readers = list(User.objects.order_by("pk").values_list("pk", flat=True))
books = list(Book.objects.order_by("pk").values_list("pk", flat=True))
rules = [
    ("at_or_below", Decimal("18.00"), None), ("drop_amount", Decimal("4.00"), None), ("drop_percent", None, 10),
    ("lowest", None, None), ("any_change", None, None), ("at_or_below", Decimal("1.00"), None),
]
columns = ["user", "book", "scope", "rule", "amount", "percent", "currency", "start_price", "seen_price", "state",
           "is_paused", "created_at", "updated_at"]
insert(PriceWatch, columns, (
    (readers[number % {READERS}], books[number // {READERS} * 2 % {BOOKS} + number % 2], "book", *rules[number % 6],
     "GBP", Decimal("22.00"), Decimal("22.00"), "armed", False, now, now)
    for number in range({WATCHES})
))
update_statistics()
firing = ingest_prices("15.00")
fired = Notification.objects.count()
rise = ingest_prices("15.50")
fired_at_rise = Notification.objects.count() - fired
start = time.monotonic()
with transaction.atomic(), connection.cursor() as cursor:
    columns = "recipient_id, kind, watch_id, payload, created_at"
    cursor.execute(f"INSERT INTO users_notification ({{columns}}, dedupe_key) "
                   f"SELECT {{columns}}, dedupe_key || '!' FROM users_notification")
    cursor.execute("UPDATE users_pricewatch "
                   "SET seen_price = 15, state = 'fired', fired_price = 15, fired_at = updated_at")
floor = time.monotonic() - start
print(json.dumps({{"without": without, "firing": firing, "rise": rise, "fired": fired,
                  "fired_at_rise": fired_at_rise, "floor": floor,
                   "watches": PriceWatch.objects.count()}}))
"""


def measure_watches(server: str) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        yield from measure_database("SQLite", databases.our_environment(Path(name)))
        with databases.TemporaryDatabase(server, "colophon_bench_watches") as database:
            yield from measure_database("PostgreSQL", databases.our_environment(Path(name), database.url))


def measure_database(database: str, environment: dict[str, str]) -> Iterator[Result]:
    servers.run_manage(environment, "migrate", "--verbosity", "0")
    output = servers.run_manage(environment, "shell", "--verbosity", "0", "--command", CODE)
    figures = json.loads(output.splitlines()[-1])
    for name, events in (("firing", figures["fired"]), ("rise", figures["fired_at_rise"])):
        seconds = figures[name] - figures["without"]
        yield Result(
            what=f"{WATCHES:,} watches on {BOOKS:,} changed books, {events:,} events, {database}",
            ours=f"{seconds:.1f} s",
            peer=f"two SQL statements {figures['floor']:.1f} s, ingest without watches {figures['without']:.2f} s",
            ratio=seconds,
            floor=SECONDS, aim=SECONDS / 2, is_upper_bound=True,
        )  # fmt: skip


if __name__ == "__main__":
    for result in measure_watches("postgresql://postgres@127.0.0.1:5432/postgres"):
        print(result.format_line())
