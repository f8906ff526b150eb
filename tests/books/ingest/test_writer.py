"""Ingest creates and updates books."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.ingest import BATCH, IngestResult, ingest
from books.ingest.writer import LARGE_INGEST
from books.models import Book, Category, PriceObservation
from books.records import BookRecord
from core.db.bulk import LARGE_WRITE_PRAGMAS
from tests.support.factories import make_book, make_record

pytestmark = pytest.mark.django_db


def test_a_new_record_creates_a_book_and_an_observation() -> None:
    record = make_record(title="Été", description="Long.", cover_url="http://shop/c.jpg", upc="1")

    assert ingest([record]) == IngestResult(created=1)

    book = Book.objects.get()
    for name in ("source", "source_key", "title", "upc", "price", "currency", "availability", "stock", "rating",
                 "description", "cover_url"):  # fmt: skip
        assert getattr(book, name) == getattr(record, name)
    assert book.category is not None
    assert book.category.name == record.category
    assert book.title_key == "ete"
    observation = book.observations.get()
    assert (observation.price, observation.currency, observation.in_stock) == (record.price, "GBP", True)


def test_equal_records_change_nothing() -> None:
    records = [make_record(), make_record()]
    ingest(records)
    before = list(Book.objects.values())

    assert ingest(records) == IngestResult(unchanged=2)

    assert list(Book.objects.values()) == before
    assert PriceObservation.objects.count() == 2


def test_a_relisted_book_is_the_same_row() -> None:
    record = make_record()
    ingest([record])
    before = Book.objects.get()
    Book.objects.update(missing_since=timezone.now() - timedelta(days=3))

    assert ingest([record]) == IngestResult(updated=1)

    book = Book.objects.get()
    assert (book.pk, book.missing_since) == (before.pk, None)


def test_equal_keys_of_two_sources_are_two_books() -> None:
    make_book(source="open_library", source_key="same")

    assert ingest([make_record(source_key="same")]) == IngestResult(created=1)
    assert Book.objects.count() == 2


def test_a_dry_run_writes_nothing_and_counts_the_same() -> None:
    unchanged, changed = make_record(), make_record()
    ingest([unchanged, changed])
    before = list(Book.objects.values())

    records = [unchanged, replace(changed, price=Decimal(11)), make_record(category="New")]
    counts = ingest(records, dry_run=True)

    assert counts == IngestResult(created=1, updated=1, unchanged=1)
    assert list(Book.objects.values()) == before
    assert not Category.objects.filter(name="New").exists()
    assert ingest(records) == counts


def test_duplicate_identities_are_rejected() -> None:
    record = make_record()

    with pytest.raises(ValueError, match="have the same identity"):
        ingest([record, replace(record, price=Decimal(99))])

    assert not Book.objects.exists()


def test_a_batch_needs_a_fixed_number_of_queries() -> None:
    def count_queries(size: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ingest([make_record() for _ in range(size)]) == IngestResult(created=size)
        return len(queries)

    ingest([make_record()])  # creates the category

    assert count_queries(4) == count_queries(40)


def test_several_batches() -> None:
    assert ingest(make_record() for _ in range(BATCH + 1)) == IngestResult(created=BATCH + 1)
    assert (Book.objects.count(), PriceObservation.objects.count()) == (BATCH + 1, BATCH + 1)


def test_large_ingests_update_the_statistics_of_the_planner() -> None:
    def count_books_in_statistics() -> int:
        statistics = "SELECT reltuples FROM pg_class WHERE relname = 'books_book'"
        if connection.vendor == "sqlite":
            statistics = "SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = 'books_book' LIMIT 1"
        with connection.cursor() as cursor:
            cursor.execute(statistics)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    before = count_books_in_statistics()  # PostgreSQL does not roll statistics back
    ingest(make_record() for _ in range(LARGE_INGEST - 1))
    assert count_books_in_statistics() == before

    ingest(make_record() for _ in range(LARGE_INGEST))
    assert count_books_in_statistics() == 2 * LARGE_INGEST - 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the settings are SQLite's")
def test_ingest_uses_the_settings_for_large_writes() -> None:
    pragmas = {}

    def records() -> Iterator[BookRecord]:
        with connection.cursor() as cursor:
            for name in LARGE_WRITE_PRAGMAS:
                pragmas[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        yield make_record()

    ingest(records())

    assert pragmas == LARGE_WRITE_PRAGMAS
