"""Decisions about prices: accept, dismiss, and hold a price that was accepted."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from books.ingest import IngestResult
from books.models import Book, HeldPrice
from books.prices.review import accept_prices, dismiss_prices, hold_latest_price
from tests.support.prices import ingest_price, ingest_unreadable_price, list_prices, list_review_states

pytestmark = pytest.mark.django_db


def list_observations(book: Book) -> list[tuple[str, bool | None]]:
    return [(str(each.price), each.in_stock) for each in book.observations.order_by("pk")]


def test_an_accepted_price_is_applied_and_observed(book: Book) -> None:
    ingest_price("0.01")

    assert accept_prices(HeldPrice.objects.all()) == 1

    book.refresh_from_db()
    assert (book.price, list_prices(book), list_review_states()) == (Decimal("0.01"), ["10.00", "0.01"], ["accepted"])
    latest = book.observations.order_by("pk").last()
    assert latest is not None
    assert latest.observed_at == HeldPrice.objects.get().held_at
    assert ingest_price("0.01") == IngestResult(unchanged=1)
    assert not book.history.filter(price=None).exists()


def test_an_accepted_price_is_inserted_before_later_observations(book: Book) -> None:
    ingest_price("60.00")
    ingest_price("60.00", in_stock=False)

    accept_prices(HeldPrice.objects.all())

    assert list_observations(book) == [("10.00", True), ("60.00", True), ("60.00", False)]
    times = list(book.observations.order_by("pk").values_list("observed_at", flat=True))
    assert times == sorted(times)
    assert ingest_price("60.00", in_stock=False) == IngestResult(unchanged=1)


def test_accepting_a_price_keeps_the_counts_of_its_observations(book: Book) -> None:
    ingest_price("60.00", stock=2)
    ingest_price("60.00", stock=1)

    accept_prices(HeldPrice.objects.all())

    observations = [(str(each.price), each.stock) for each in book.observations.order_by("pk")]
    assert observations == [("10.00", 3), ("60.00", 2), ("60.00", 1)]
    assert ingest_price("60.00", stock=1) == IngestResult(unchanged=1)


def test_holding_and_accepting_the_latest_price_keeps_its_counts(book: Book) -> None:
    ingest_price("40.00", stock=2)
    ingest_price("40.00", stock=1)

    hold_latest_price(book, reason="Doubtful.")
    assert [(str(each.price), each.stock) for each in book.observations.order_by("pk")] == [
        ("10.00", 3), ("10.00", 2), ("10.00", 1),
    ]  # fmt: skip

    accept_prices(HeldPrice.objects.all())
    assert [(str(each.price), each.stock) for each in book.observations.order_by("pk")] == [
        ("10.00", 3), ("40.00", 2), ("40.00", 1),
    ]  # fmt: skip
    assert ingest_price("40.00", stock=1) == IngestResult(unchanged=1)


def test_accepting_a_price_ends_earlier_dismissals(book: Book) -> None:
    ingest_price("70.00")
    dismiss_prices(HeldPrice.objects.all())
    ingest_price("60.00")
    accept_prices(HeldPrice.objects.all())

    assert ingest_price("70.00") == IngestResult(updated=1)
    book.refresh_from_db()
    assert book.price == Decimal("70.00")


def test_accepting_keeps_a_curated_price(staff_client: APIClient, book: Book) -> None:
    ingest_price("0.01")
    assert staff_client.patch(f"/api/books/{book.pk}", {"price": "9.00"}).status_code == 200

    accept_prices(HeldPrice.objects.all())

    book.refresh_from_db()
    assert (book.price, list_prices(book)) == (Decimal("9.00"), ["10.00", "0.01"])


def test_unreadable_prices_cannot_be_accepted(book: Book) -> None:
    ingest_unreadable_price()

    assert accept_prices(HeldPrice.objects.all()) == 0
    assert list_review_states() == ["held"]
    assert dismiss_prices(HeldPrice.objects.all()) == 1
    assert list_review_states() == ["dismissed"]


def test_superseded_prices_cannot_be_decided(book: Book) -> None:
    ingest_price("0.01")
    ingest_price("11.00")

    assert accept_prices(HeldPrice.objects.all()) == 0
    assert dismiss_prices(HeldPrice.objects.all()) == 0
    book.refresh_from_db()
    assert (book.price, list_review_states()) == (Decimal("11.00"), ["overtaken"])


def test_holding_the_latest_price_restores_the_previous_one(repriced_book: Book) -> None:
    assert hold_latest_price(repriced_book, reason="Doubtful.")

    repriced_book.refresh_from_db()
    assert repriced_book.price == Decimal("10.00")
    assert list_observations(repriced_book) == [("10.00", True), ("10.00", False)]
    held = HeldPrice.objects.get()
    assert (held.price, held.state, held.reason) == (Decimal("40.00"), "held", "Doubtful.")


def test_a_price_held_by_a_person_is_held_while_its_source_repeats_it(repriced_book: Book) -> None:
    hold_latest_price(repriced_book, reason="Doubtful.")

    assert ingest_price("40.00", in_stock=False) == IngestResult(held=1)
    dismiss_prices(HeldPrice.objects.all())
    assert ingest_price("40.00", in_stock=False) == IngestResult(unchanged=1)
    assert ingest_price("41.00", in_stock=False) == IngestResult(updated=1)
    assert list_review_states() == ["overtaken"]
    assert ingest_price("40.00", in_stock=False) == IngestResult(updated=1)


def test_a_price_held_by_a_person_can_be_accepted_again(repriced_book: Book) -> None:
    hold_latest_price(repriced_book, reason="Doubtful.")

    accept_prices(HeldPrice.objects.all())

    repriced_book.refresh_from_db()
    assert repriced_book.price == Decimal("40.00")
    assert list_observations(repriced_book) == [("10.00", True), ("40.00", True), ("40.00", False)]
    assert ingest_price("40.00", in_stock=False) == IngestResult(unchanged=1)


def test_the_only_price_of_a_book_can_be_held_once(book: Book) -> None:
    assert hold_latest_price(book, reason="Doubtful.")
    assert not hold_latest_price(book, reason="Doubtful.")

    book.refresh_from_db()
    assert (book.price, book.currency, list_observations(book)) == (None, None, [("None", True)])
    assert ingest_price("10.00") == IngestResult(held=1)


def test_long_reasons_are_cut(book: Book) -> None:
    assert hold_latest_price(book, reason="x" * 300)

    assert len(HeldPrice.objects.get().reason) == 200


def test_history_describes_decisions(repriced_book: Book) -> None:
    hold_latest_price(repriced_book, reason="Doubtful.")
    accept_prices(HeldPrice.objects.all())

    assert [each.history_change_reason for each in repriced_book.history.order_by("history_id")] == [
        "price: 40.00 GBP → 10.00 GBP (the later price was held for review)",
        "price: 10.00 GBP → 40.00 GBP (a pending price was accepted)",
    ]
