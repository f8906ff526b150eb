"""The statistics page: its figures, who may see it, and its queries."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.models import Book, HeldPrice, LastCheck, PriceObservation
from books.statistics import compute_statistics, round_up
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book, make_category, make_staff, make_user
from tests.web.pages import BROWSER, get_page

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)  # a Wednesday
PERMISSION = "books.view_priceobservation"


def observe(book: Book, at: datetime, **fields: Any) -> None:
    PriceObservation.objects.create(book=book, observed_at=at, **fields)


def change_price(book: Book, at: datetime, before: str, after: str) -> None:
    percent = (Decimal(after) / Decimal(before) - 1) * 100
    observe(
        book, at, price=after, currency="GBP", in_stock=True, previous_price=before, previous_currency="GBP",
        change_percent=percent,
    )  # fmt: skip


def sign_in(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_staff(*permissions))
    return client


def test_prices_by_category() -> None:
    poetry = make_category("Poetry")
    for price, stock in (("2.00", True), ("4.00", False), ("12.00", True)):
        make_book(category=poetry, price=price, currency="GBP", in_stock=stock)
    make_book(category=poetry, price="900", currency="JPY")
    make_book(price="1.00", currency="GBP")
    make_book(category=poetry, price="99.00", currency="GBP", missing_since=NOW)
    make_book(category=poetry, price="99.00", currency="GBP", is_published=False)

    rows = compute_statistics(NOW).categories

    assert [(row.category, row.currency, row.books) for row in rows] == [
        ("Poetry", "GBP", 3), (None, "GBP", 1), ("Poetry", "JPY", 1)
    ]  # fmt: skip
    assert (rows[0].lowest, rows[0].average, rows[0].highest, rows[0].sold_out) == (
        Decimal(2),
        Decimal(6),
        Decimal(12),
        1,
    )
    assert rows[0].step == 1  # the average of the highest prices, 12 and 1, in twelve bins, rounded up
    assert rows[0].bins == (0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("step", "rounded"),
    [("0.001", "0.01"), ("0.01", "0.01"), ("0.011", "0.02"), ("3", "5"), ("7", "10"), ("100", "100")],
)
def test_steps_are_round(step: str, rounded: str) -> None:
    assert round_up(Decimal(step)) == Decimal(rounded)


def test_changes_by_week() -> None:
    book = make_book()
    change_price(book, NOW, "10.00", "8.00")
    change_price(book, datetime(2026, 5, 18, tzinfo=UTC), "10.00", "11.00")  # Monday
    change_price(book, datetime(2026, 5, 17, 23, 59, tzinfo=UTC), "11.00", "10.00")
    change_price(book, NOW - timedelta(weeks=11), "12.00", "11.00")
    change_price(book, NOW - timedelta(weeks=12), "13.00", "12.00")

    weeks = compute_statistics(NOW).weeks

    assert [str(week.start) for week in weeks][::11] == ["2026-03-02", "2026-05-18"]
    assert [(week.drops, week.rises) for week in weeks] == [(1, 0), *[(0, 0)] * 9, (1, 0), (1, 1)]


def test_stock_outs_are_changes_of_availability() -> None:
    book = make_book()
    for days, in_stock in ((30, False), (20, True), (15, False), (9, False), (8, True), (1, False)):
        observe(book, NOW - timedelta(days), in_stock=in_stock)
    observe(make_book(), NOW - timedelta(1), in_stock=False)  # never in stock

    weeks = compute_statistics(NOW).weeks

    assert [week.stock_outs for week in weeks][-4:] == [0, 1, 0, 1]


def test_freshness_by_source() -> None:
    for source, hours in (("shop", 1), ("shop", 30), ("shop", 24 * 8), ("open_library", 24 * 31), ("manual", 1)):
        book = make_book(source=source)
        LastCheck.objects.create(book=book, at=NOW - timedelta(hours=hours))
    Book.objects.filter(pk=make_book(source="open_library").pk).update(created_at=NOW)  # not checked since

    rows = compute_statistics(NOW).freshness

    assert [(row.source, row.books) for row in rows] == [("open_library", [1, 0, 0, 1]), ("shop", [1, 1, 1, 0])]
    assert rows[1].oldest == NOW - timedelta(days=8)


def test_the_page_states_the_figures() -> None:
    poetry = make_category("Poetry")
    book = make_book(category=poetry, price="4.00", currency="GBP", in_stock=True, source="shop")
    make_book(category=poetry, in_stock=False)
    change_price(book, timezone.now(), "5.00", "4.00")
    HeldPrice.objects.create(book=book, price="1.00", currency="GBP")

    page = get_page("/statistics", sign_in(PERMISSION))

    text = " ".join(page.get_text(" ").split())
    assert "1 in stock 1 sold out 1 pending review, the oldest from" in text
    assert "Poetry 1 £4.00 £4.00 £4.00 0" in text
    assert page.select_one("svg.bins")["aria-label"] == "Books by price: 1 from £4.00 to £4.50"  # type: ignore[index]
    assert [cell.get_text() for cell in page.select(".weeks tbody tr:first-child .number")] == ["1", "0", "0"]


def test_an_empty_catalogue_has_a_page() -> None:
    text = get_page("/statistics", sign_in(PERMISSION)).get_text()

    assert "No book has a price yet." in text
    assert "No source has been read yet." in text


def test_only_staff_with_the_permission_see_it() -> None:
    member = Client()
    member.force_login(make_user())

    assert Client().get("/statistics", headers=BROWSER).status_code == 302
    assert [client.get("/statistics", headers=BROWSER).status_code for client in (member, sign_in())] == [403, 403]
    assert not get_page("/catalogue", sign_in()).select("a[href='/statistics']")
    assert get_page("/catalogue", sign_in(PERMISSION)).select("a[href='/statistics']")


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)  # PostgreSQL changes the version at the commit
def test_number_of_queries_is_fixed_and_none_repeats_while_nothing_changes() -> None:
    client = sign_in(PERMISSION)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/statistics", headers=BROWSER).status_code == 200
        return len(queries)

    def add(number: int) -> None:
        for index in range(number):
            book = make_book(category=make_category(f"C{index}"), price=index, currency="GBP", source=f"s{index}")
            change_price(book, timezone.now(), "5.00", "4.00")
            HeldPrice.objects.create(book=book, price="1.00", currency="GBP")

    add(2)
    few = count()
    assert count() == few - 7  # the figures are cached
    add(30)
    assert count() == few
