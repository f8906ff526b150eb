"""Ingest creates and updates books and observes their prices."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.availability import Availability
from books.ingest import BATCH, IngestResult, ingest
from books.ingest.writer import LARGE_INGEST
from books.models import Book, Category, HeldPrice, PriceObservation
from books.records import BookRecord
from core.db.bulk import LARGE_WRITE_PRAGMAS
from tests.support.factories import make_book, make_record
from tests.support.prices import list_prices

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


def test_a_changed_price_updates_the_book_and_is_observed() -> None:
    record = make_record()
    ingest([record, make_record()])
    before = Book.objects.get(source_key=record.source_key)

    assert ingest([replace(record, price=Decimal("12.50"))]) == IngestResult(updated=1)

    book = Book.objects.get(source_key=record.source_key)
    assert (book.pk, book.created_at, book.price) == (before.pk, before.created_at, Decimal("12.50"))
    assert book.updated_at > before.updated_at
    assert list_prices(book) == ["10.00", "12.50"]


def test_other_changes_are_not_observed() -> None:
    record = make_record()
    ingest([record])

    assert ingest([replace(record, title="Another", category="Poetry", rating=1)]) == IngestResult(updated=1)

    book = Book.objects.get()
    assert book.category is not None
    assert (book.title, book.title_key, book.category.name) == ("Another", "another", "Poetry")
    assert book.observations.count() == 1
    assert Category.objects.count() == 2


def test_availability_is_observed() -> None:
    record = make_record()
    ingest([record])
    ingest([replace(record, availability=Availability.OUT_OF_STOCK, stock=0)])

    ingest([replace(record, availability=Availability.BACKORDER, stock=0)])

    observations = PriceObservation.objects.order_by("pk").values_list("availability", flat=True)
    assert list(observations) == ["in_stock", "out_of_stock", "backorder"]


def test_a_change_of_the_count_alone_is_observed() -> None:
    record = make_record(stock=3)
    ingest([record])

    assert ingest([replace(record, stock=2)]) == IngestResult(updated=1)
    assert ingest([replace(record, stock=2)]) == IngestResult(unchanged=1)
    ingest([replace(record, stock=None)])
    ingest([replace(record, stock=None)])

    observations = PriceObservation.objects.order_by("pk").values_list("price", "availability", "stock")
    assert list(observations) == [(Decimal("10.00"), "in_stock", stock) for stock in (3, 2, None)]


def test_observations_of_earlier_versions_are_not_repeated_for_their_missing_count() -> None:
    record = make_record(stock=3)
    ingest([record])
    PriceObservation.objects.update(stock=None)

    ingest([record])
    assert PriceObservation.objects.get().stock is None

    ingest([replace(record, stock=2)])
    ingest([replace(record, stock=2)])
    assert [each.stock for each in PriceObservation.objects.order_by("pk")] == [None, 2]


def test_a_curated_count_does_not_repeat_observations_without_count() -> None:
    record = make_record(stock=None)
    ingest([record])
    Book.objects.update(stock=7)

    ingest([record])

    assert PriceObservation.objects.count() == 1


def test_a_price_is_observed_if_the_source_states_no_availability() -> None:
    record = make_record(in_stock=None, stock=None)
    ingest([record, replace(record, source_key="other", price=Decimal("0.00"))])
    ingest([replace(record, price=Decimal("11.00"))])

    observations = PriceObservation.objects.order_by("pk").values_list("price", "availability")
    assert list(observations) == [(Decimal("10.00"), "unknown"), (Decimal("11.00"), "unknown")]
    assert HeldPrice.objects.get().in_stock is None


def test_a_sold_out_book_without_a_price_keeps_its_price_history() -> None:
    record = make_record(stock=3)
    sold_out = replace(record, price=None, currency=None, availability=Availability.OUT_OF_STOCK, stock=None)
    ingest([record])

    assert ingest([sold_out]) == IngestResult(updated=1)
    assert ingest([sold_out]) == IngestResult(unchanged=1)

    book = Book.objects.get()
    assert (book.price, book.currency, book.in_stock, book.stock) == (None, None, False, None)
    observations = PriceObservation.objects.order_by("pk").values_list("price", "currency", "availability")
    assert list(observations) == [(Decimal("10.00"), "GBP", "in_stock"), (None, None, "out_of_stock")]


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


def test_a_source_without_prices_is_not_observed() -> None:
    assert ingest([make_record(price=None, currency=None, in_stock=None, stock=None)]) == IngestResult(created=1)

    assert not PriceObservation.objects.exists()


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


def test_edits_by_people_neither_create_nor_prevent_observations() -> None:
    record = make_record(price=Decimal("10.00"))
    ingest([record])
    Book.objects.update(price=Decimal("12.00"))

    ingest([record])
    assert list_prices(Book.objects.get()) == ["10.00"]

    Book.objects.update(price=Decimal("15.00"))
    ingest([replace(record, price=Decimal("15.00"))])
    assert list_prices(Book.objects.get()) == ["10.00", "15.00"]
