"""A price too odd to believe waits for a person and touches nothing meanwhile."""

from decimal import Decimal

import pytest

from books.ingest import IngestResult
from books.models import Book
from books.models.price import HeldPrice, why_odd
from tests.support.prices import prices, said, said_nothing_readable, states

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        ("0.00", "GBP", "It is zero"), ("1.99", "GBP", "5 times down"), ("50.01", "GBP", "5 times up"),
        ("10.00", "EUR", "in EUR; before it was in GBP"), ("2.00", "GBP", None), ("50.00", "GBP", None),
    ],
)  # fmt: skip
def test_what_is_odd(price: str, currency: str, words: str | None) -> None:
    reason = why_odd(Decimal(price), currency, (Decimal("10.00"), "GBP"))

    assert (reason is None) if words is None else (reason is not None and words in reason)


def test_an_odd_price_touches_neither_the_book_nor_the_history(book: Book) -> None:
    assert said("0.01") == IngestResult(held=1)
    assert said("0.01") == IngestResult(held=1)

    book.refresh_from_db()
    assert (book.price, prices(book), states()) == (Decimal("10.00"), ["10.00"], ["held"])
    assert "5 times down from 10.00 GBP" in HeldPrice.objects.get().reason


def test_a_price_that_cannot_be_read_is_held_as_it_stands(book: Book) -> None:
    assert said_nothing_readable() == IngestResult(held=1)
    assert said_nothing_readable() == IngestResult(held=1)

    book.refresh_from_db()
    held = HeldPrice.objects.get()
    assert (book.price, prices(book)) == (Decimal("10.00"), ["10.00"])
    assert (held.price, held.currency, held.text) == (None, None, "on request")
    assert held.reason == "It cannot be read: “on request”."
    assert said("11.00") == IngestResult(updated=1)
    assert states() == ["overtaken"]


def test_what_else_the_source_says_is_taken(book: Book) -> None:
    said("0.01", stock=1, in_stock=False)

    book.refresh_from_db()
    assert (book.price, book.stock, book.in_stock) == (Decimal("10.00"), 1, False)
    assert [(each.price, each.in_stock) for each in book.observations.order_by("pk")] == [
        (Decimal("10.00"), True), (Decimal("10.00"), False),
    ]  # fmt: skip


def test_a_new_book_whose_price_is_held_has_none() -> None:
    assert said("0.00") == IngestResult(held=1)

    book = Book.objects.get()
    assert (book.price, book.currency, states()) == (None, None, ["held"])


def test_an_accepted_price_is_the_book_s_and_the_history_s_and_stays(book: Book) -> None:
    said("0.01")

    assert HeldPrice.objects.accept() == 1

    book.refresh_from_db()
    assert (book.price, prices(book), states()) == (Decimal("0.01"), ["10.00", "0.01"], ["accepted"])
    assert book.observations.order_by("pk").last().observed_at == HeldPrice.objects.get().held_at  # type: ignore[union-attr]
    assert said("0.01") == IngestResult(unchanged=1)
    assert not book.history.filter(price=None).exists()


def test_a_dismissed_price_is_not_held_again(book: Book) -> None:
    said("0.01")

    assert HeldPrice.objects.dismiss() == 1
    assert said("0.01") == IngestResult(unchanged=1)
    assert said("0.02") == IngestResult(held=1)
    book.refresh_from_db()
    assert (book.price, states()) == (Decimal("10.00"), ["dismissed", "held"])


def test_a_believable_price_overtakes_one_that_waits(book: Book) -> None:
    said("0.01")

    assert said("11.00") == IngestResult(updated=1)
    assert states() == ["overtaken"]
    assert HeldPrice.objects.accept() == 0
    book.refresh_from_db()
    assert book.price == Decimal("11.00")


def test_another_odd_price_takes_the_place_of_one_that_waits(book: Book) -> None:
    said("0.01")
    said("99.00")

    assert states() == ["overtaken", "held"]
