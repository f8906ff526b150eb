"""Ingest holds implausible prices for review; the book and its price history keep the last accepted price."""

from decimal import Decimal

import pytest

from books.ingest import IngestResult, ingest
from books.models import Book, HeldPrice
from books.prices.review import dismiss_prices
from tests.support.factories import make_record
from tests.support.prices import (
    ingest_price,
    ingest_sold_out_book,
    ingest_unreadable_price,
    list_prices,
    list_review_states,
)

pytestmark = pytest.mark.django_db


def test_an_implausible_price_is_held_once(book: Book) -> None:
    assert ingest_price("0.01") == IngestResult(held=1)
    assert ingest_price("0.01") == IngestResult(held=1)

    book.refresh_from_db()
    assert (book.price, list_prices(book), list_review_states()) == (Decimal("10.00"), ["10.00"], ["held"])
    held = HeldPrice.objects.get()
    assert (held.price, held.currency, held.text) == (Decimal("0.01"), "GBP", None)
    assert held.reason == "The price went down by more than a factor of 5 from 10.00 GBP."


def test_an_unreadable_price_is_held_with_its_text(book: Book) -> None:
    assert ingest_unreadable_price() == IngestResult(held=1)
    assert ingest_unreadable_price() == IngestResult(held=1)

    book.refresh_from_db()
    assert (book.price, list_prices(book)) == (Decimal("10.00"), ["10.00"])
    held = HeldPrice.objects.get()
    assert (held.price, held.currency, held.text) == (None, None, "on request")
    assert held.reason == "The price is not readable: “on request”."


def test_other_fields_of_a_record_with_a_held_price_are_stored(book: Book) -> None:
    ingest_price("0.01", stock=1, in_stock=False)

    book.refresh_from_db()
    assert (book.price, book.stock, book.in_stock) == (Decimal("10.00"), 1, False)
    assert [(each.price, each.in_stock) for each in book.observations.order_by("pk")] == [
        (Decimal("10.00"), True), (Decimal("10.00"), False),
    ]  # fmt: skip


def test_a_new_book_with_a_held_price_has_no_price() -> None:
    assert ingest_price("0.00") == IngestResult(held=1)

    book = Book.objects.get()
    assert (book.price, book.currency, list_review_states()) == (None, None, ["held"])


def test_a_dismissed_price_is_not_held_again(book: Book) -> None:
    ingest_price("0.01")
    dismiss_prices(HeldPrice.objects.all())

    assert ingest_price("0.01") == IngestResult(unchanged=1)
    assert ingest_price("0.02") == IngestResult(held=1)
    book.refresh_from_db()
    assert (book.price, list_review_states()) == (Decimal("10.00"), ["dismissed", "held"])


def test_a_dismissed_text_is_not_held_again(book: Book) -> None:
    ingest_unreadable_price()
    dismiss_prices(HeldPrice.objects.all())

    assert ingest_unreadable_price() == IngestResult(unchanged=1)
    assert ingest_unreadable_price("call us") == IngestResult(held=1)
    assert list_review_states() == ["dismissed", "held"]


@pytest.mark.parametrize("price", ["0.01", None])
def test_a_plausible_price_supersedes_a_pending_one(book: Book, price: str | None) -> None:
    if price is None:
        ingest_unreadable_price()
    else:
        ingest_price(price)

    assert ingest_price("11.00") == IngestResult(updated=1)

    book.refresh_from_db()
    assert (book.price, list_review_states()) == (Decimal("11.00"), ["overtaken"])


def test_another_implausible_price_supersedes_a_pending_one(book: Book) -> None:
    ingest_price("0.01")
    ingest_price("99.00")

    assert list_review_states() == ["overtaken", "held"]


def test_repeating_a_dismissed_price_discards_a_pending_one(book: Book) -> None:
    ingest_price("70.00")
    dismiss_prices(HeldPrice.objects.all())
    ingest_price("80.00")

    assert ingest_price("70.00") == IngestResult(unchanged=1)
    assert list_review_states() == ["dismissed", "overtaken"]


def test_a_price_after_a_time_without_one_is_compared_with_the_last_price(book: Book) -> None:
    ingest_sold_out_book()

    assert ingest_price("0.01") == IngestResult(held=1)
    book.refresh_from_db()
    assert (book.price, list_prices(book)) == (None, ["10.00", "None", "None"])

    assert ingest_price("11.00") == IngestResult(updated=1)
    assert (list_prices(book), list_review_states()) == (["10.00", "None", "None", "11.00"], ["overtaken"])


def test_a_source_that_states_no_price_discards_a_pending_one(book: Book) -> None:
    ingest_price("0.01")

    assert ingest_sold_out_book() == IngestResult(updated=1)
    assert list_review_states() == ["overtaken"]


def test_a_dismissed_price_is_not_held_again_after_a_time_without_one(book: Book) -> None:
    ingest_price("0.01")
    dismiss_prices(HeldPrice.objects.all())
    ingest_sold_out_book()

    ingest_price("0.01")

    assert list_review_states() == ["dismissed"]


def test_a_dry_run_holds_no_price(book: Book) -> None:
    implausible = make_record(source_key="upc-1", price=Decimal("0.01"))

    assert ingest([implausible], dry_run=True) == IngestResult(held=1)
    assert not HeldPrice.objects.exists()
