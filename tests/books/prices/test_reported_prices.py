"""Prices that readers report as wrong."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from books.ingest import ingest
from books.models import Book, HeldPrice
from books.prices import review
from books.prices.review import accept_prices, dismiss_prices, report_price
from tests.support.factories import make_record, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    for price in ("10.00", "12.00"):
        ingest([make_record(source_key="1", price=Decimal(price), currency="GBP")])
    return Book.objects.get()


def list_prices(book: Book) -> list[Decimal | None]:
    return list(book.observations.order_by("pk").values_list("price", flat=True))


def test_the_price_stays_until_staff_decide(book: Book) -> None:
    assert report_price(book, reason="A reader reports that this price is wrong.")

    book.refresh_from_db()
    assert book.price == Decimal("12.00")
    held = HeldPrice.objects.get()
    assert (held.price, held.state, held.is_report) == (Decimal("12.00"), "held", True)
    assert not report_price(book, reason="Again.")


def test_an_accepted_report_changes_nothing(book: Book) -> None:
    report_price(book, reason="Wrong.")

    assert accept_prices(HeldPrice.objects.all()) == 1

    assert list_prices(book) == [Decimal("10.00"), Decimal("12.00")]
    assert Book.objects.get().price == Decimal("12.00")
    ingest([make_record(source_key="1", price=Decimal("12.00"), currency="GBP")])
    assert HeldPrice.objects.pending().count() == 0


def test_a_dismissed_report_withdraws_the_price_and_its_repetition(book: Book) -> None:
    report_price(book, reason="Wrong.")

    assert dismiss_prices(HeldPrice.objects.all()) == 1

    assert Book.objects.get().price == Decimal("10.00")
    ingest([make_record(source_key="1", price=Decimal("12.00"), currency="GBP")])
    assert Book.objects.get().price == Decimal("10.00")
    ingest([make_record(source_key="1", price=Decimal("11.00"), currency="GBP")])
    assert Book.objects.get().price == Decimal("11.00")


def test_a_report_that_comes_while_others_are_dismissed_stays(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    report_price(book, reason="Wrong.")
    ingest([make_record(source_key="2", price=Decimal("8.00"), currency="GBP")])
    later, withdraw = Book.objects.get(source_key="2"), review._withdraw_latest_price

    def withdraw_and_report(*args: Any, **options: Any) -> Any:
        report_price(later, reason="Wrong as well.")
        return withdraw(*args, **options)

    monkeypatch.setattr(review, "_withdraw_latest_price", withdraw_and_report)

    assert dismiss_prices(HeldPrice.objects.all()) == 1
    assert HeldPrice.objects.pending().get().book == later


def test_a_book_without_a_price_has_nothing_to_report() -> None:
    ingest([make_record(source_key="1", price=None, currency=None)])

    assert not report_price(Book.objects.get(), reason="Wrong.")


def test_the_button_on_the_page_of_the_book(book: Book) -> None:
    client = Client()
    assert "This price is wrong" not in client.get(f"/book/{book.pk}/x").content.decode()
    client.force_login(make_user())
    assert "This price is wrong" in client.get(f"/book/{book.pk}/x").content.decode()

    response = client.post(f"/book/{book.pk}/price-report", follow=True)

    assert "Thank you. Staff review the price." in response.content.decode()
    assert "a price waits for review" in response.content.decode()
    assert HeldPrice.objects.pending().count() == 1
