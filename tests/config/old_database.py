"""Run in the shell of an installation: migrates an empty database to an earlier state and creates rows there.

The state is the last one before the migrations were squashed. The rows are created with the historical models.
"""

from datetime import UTC, datetime

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

TARGETS = [
    ("config", "0001_cache_table"),
    ("books", "0012_one_index_each"),
    ("users", "0004_fold_punctuation"),
    ("scraping", "0005_limits_of_before"),
]
executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
models = executor.migrate(TARGETS).apps.get_model
observed_at = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)

user = models("users", "User").objects.create(email="ann@example.org", name="Ann", age=30, password="!")
models("users", "User").objects.create(email="clerk@example.org", name="Clerk", is_staff=True, password="!")
author = models("books", "Author").objects.create(name="Émile Zola", name_key="emile zola", open_library_key="OL1A")
category = models("books", "Category").objects.create(name="Poetry", name_key="poetry")
book = models("books", "Book").objects.create(
    title="L’Œuvre", title_key="loeuvre", source="books_to_scrape", source_key="upc-1", category=category,
    price="12.34", currency="GBP", in_stock=True,
)  # fmt: skip
models("books", "Authorship").objects.create(book=book, author=author, position=0)
models("books", "PriceObservation").objects.create(
    book=book, observed_at=observed_at, price="12.34", currency="GBP", in_stock=True
)
models("books", "HeldPrice").objects.create(
    book=book, price="99.00", currency="GBP", in_stock=True, reason="It is high.", held_at=observed_at
)
models("books", "CuratedField").objects.create(book=book, field="title", by=user, source_value="Work")
models("books", "OutsideService").objects.create(name="open_library", next_turn_at=5, failures=2, resting_until=7)
entry = models("users", "LibraryEntry").objects.create(
    user=user, book=book, rating="4.5", notes="Good", notes_key="good"
)
models("users", "Reading").objects.create(entry=entry, finished_on="2024-02-29")
models("scraping", "ScrapeRun").objects.create(site="books_to_scrape", state="succeeded", trigger="command", seen=1)
