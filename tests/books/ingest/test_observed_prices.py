"""Which changes ingest observes in the price history."""

from dataclasses import replace
from decimal import Decimal

import pytest

from books.availability import Availability
from books.ingest import IngestResult, ingest
from books.ingest.missing import mark_missing
from books.models import SUMMARY_FIELDS, Book, Category, HeldPrice, PriceObservation
from tests.support.factories import make_record
from tests.support.prices import list_prices

pytestmark = pytest.mark.django_db


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


def test_a_book_that_is_listed_again_at_the_same_price_is_observed_without_a_change() -> None:
    first = make_record(source_key="upc-1", price=Decimal("12.00"))
    ingest([first])
    record = replace(first, price=Decimal("10.00"))
    ingest([record])
    before = Book.objects.get()
    mark_missing(record.source, keys=set(), addresses=set())

    assert ingest([record]).price_changes.count == 0
    assert ingest([record]) == IngestResult(unchanged=1)

    book, latest = Book.objects.get(), PriceObservation.objects.latest("pk")
    assert list_prices(book) == ["12.00", "10.00", "10.00"]
    assert (latest.previous_price, latest.change_percent) == (None, None)
    assert {name: getattr(book, name) for name in SUMMARY_FIELDS} == {
        name: getattr(before, name) for name in SUMMARY_FIELDS
    }


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


def test_a_source_without_prices_is_not_observed() -> None:
    assert ingest([make_record(price=None, currency=None, in_stock=None, stock=None)]) == IngestResult(created=1)

    assert not PriceObservation.objects.exists()


def test_edits_by_people_neither_create_nor_prevent_observations() -> None:
    record = make_record(price=Decimal("10.00"))
    ingest([record])
    Book.objects.update(price=Decimal("12.00"))

    ingest([record])
    assert list_prices(Book.objects.get()) == ["10.00"]

    Book.objects.update(price=Decimal("15.00"))
    ingest([replace(record, price=Decimal("15.00"))])
    assert list_prices(Book.objects.get()) == ["10.00", "15.00"]
