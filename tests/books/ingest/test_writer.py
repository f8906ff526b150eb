from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.ingest import IngestResult, ingest
from books.models import Book, Category, PriceObservation
from books.records import BookRecord
from core.db import bulk
from tests.support.factories import make_book, make_record

pytestmark = pytest.mark.django_db


def test_a_new_record_becomes_a_book_with_its_first_price() -> None:
    record = make_record(title="Été", description="Long.", cover_url="http://shop/c.jpg", upc="1")

    assert ingest([record]) == IngestResult(created=1)

    book = Book.objects.get()
    for name in ("source", "source_key", "title", "upc", "price", "currency", "in_stock", "stock", "rating",
                 "description", "cover_url"):  # fmt: skip
        assert getattr(book, name) == getattr(record, name)
    assert book.category is not None
    assert book.category.name == record.category
    assert book.title_key == "ete"
    observed = book.observations.get()
    assert (observed.price, observed.currency, observed.in_stock) == (record.price, "GBP", True)


def test_the_same_again_changes_nothing() -> None:
    records = [make_record(), make_record()]
    ingest(records)
    before = list(Book.objects.values())

    assert ingest(records) == IngestResult(unchanged=2)

    assert list(Book.objects.values()) == before
    assert PriceObservation.objects.count() == 2


def test_a_changed_price_updates_the_book_and_is_observed_once() -> None:
    record = make_record()
    ingest([record, make_record()])
    first = Book.objects.get(source_key=record.source_key)

    assert ingest([replace(record, price=Decimal("12.50"))]) == IngestResult(updated=1)

    book = Book.objects.get(source_key=record.source_key)
    assert (book.pk, book.created_at, book.price) == (first.pk, first.created_at, Decimal("12.50"))
    assert book.updated_at > first.updated_at
    assert [o.price for o in book.observations.order_by("pk")] == [Decimal("10.00"), Decimal("12.50")]


def test_a_change_that_is_no_price_is_not_observed() -> None:
    record = make_record()
    ingest([record])

    assert ingest([replace(record, title="Another", category="Poetry", stock=9)]) == IngestResult(updated=1)

    book = Book.objects.get()
    assert book.category is not None
    assert (book.title, book.title_key, book.category.name) == ("Another", "another", "Poetry")
    assert book.observations.count() == 1
    assert Category.objects.count() == 2


def test_going_out_of_stock_is_observed() -> None:
    record = make_record()
    ingest([record])
    ingest([replace(record, in_stock=False, stock=0)])

    assert [o.in_stock for o in PriceObservation.objects.order_by("pk")] == [True, False]


def test_a_book_that_comes_back_is_the_same_book() -> None:
    record = make_record()
    ingest([record])
    Book.objects.update(missing_since=timezone.now() - timedelta(days=3))

    assert ingest([record]) == IngestResult(updated=1)

    assert Book.objects.get().missing_since is None


def test_a_record_of_another_source_is_another_book() -> None:
    make_book(source="open_library", source_key="same")

    assert ingest([make_record(source_key="same")]) == IngestResult(created=1)
    assert Book.objects.count() == 2


def test_a_source_that_states_no_price_is_not_observed() -> None:
    ingest([make_record(price=None, currency=None, in_stock=None, stock=None)])

    assert not PriceObservation.objects.exists()


def test_a_dry_run_counts_the_same_and_writes_nothing() -> None:
    kept, changed = make_record(), make_record()
    ingest([kept, changed])
    before = list(Book.objects.values())

    records = [kept, replace(changed, price=Decimal(11)), make_record(category="New")]
    assert ingest(records, dry_run=True) == IngestResult(created=1, updated=1, unchanged=1)

    assert list(Book.objects.values()) == before
    assert not Category.objects.filter(name="New").exists()


def test_two_records_of_one_identity_are_refused_before_anything_is_written() -> None:
    record = make_record()

    with pytest.raises(ValueError, match="one identity"):
        ingest([record, replace(record, price=Decimal(99))])

    assert not Book.objects.exists()


def test_a_batch_costs_the_same_number_of_queries_whatever_its_size() -> None:
    def queries(size: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ingest([make_record(title=f"T{number}") for number in range(size)])
        return len(captured)

    ingest([make_record()])  # the category stands

    assert queries(4) == queries(40)


def test_more_than_a_batch() -> None:
    assert ingest(make_record() for _ in range(601)) == IngestResult(created=601)
    assert PriceObservation.objects.count() == 601


def test_a_hand_edit_neither_makes_nor_hides_an_observation() -> None:
    record = make_record(price=Decimal("10.00"))
    ingest([record])
    Book.objects.update(price=Decimal("12.00"))

    ingest([record])
    assert PriceObservation.objects.count() == 1

    Book.objects.update(price=Decimal("15.00"))
    ingest([replace(record, price=Decimal("15.00"))])
    assert [o.price for o in PriceObservation.objects.order_by("pk")] == [Decimal("10.00"), Decimal("15.00")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite's settings")
def test_the_room_for_much_is_given_back() -> None:
    def settings() -> list[int]:
        with connection.cursor() as cursor:
            return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in bulk.ROOM]

    before, meanwhile = settings(), []

    def records() -> Iterator[BookRecord]:
        meanwhile.extend(settings())
        yield make_record()

    ingest(records())

    assert meanwhile == list(bulk.ROOM.values())
    assert settings() == before
