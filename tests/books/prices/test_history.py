"""The price history of a book."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from books.models import Book, HeldPrice, PriceObservation
from books.prices.history import Observation, PriceChange, PriceHistory, SoldOutSpan, build_histories, load_prices
from tests.support.factories import make_book
from tests.support.prices import observe

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def build(*observations: Observation) -> PriceHistory:
    """The only history of these observations."""
    [history] = build_histories(observations, now=NOW)
    return history


def list_periods(history: PriceHistory) -> list[tuple[datetime, datetime, str]]:
    return [(point.start, point.end, str(point.price)) for point in history.points]


def test_a_price_is_valid_until_the_next_observation() -> None:
    history = build(observe(day(5, 3), "38.20"), observe(day(6, 2), "41.42"))

    assert list_periods(history) == [(day(5, 3), day(6, 2), "38.20"), (day(6, 2), NOW, "41.42")]
    assert (history.start, history.end, history.current) == (day(5, 3), NOW, history.points[1])


def test_lowest_and_highest_are_the_first_points_with_these_prices() -> None:
    prices = ("7", "5", "9", "5", "9")
    history = build(*(observe(day(month, 1), price) for month, price in enumerate(prices, start=1)))

    assert (history.lowest.start, history.highest.start) == (day(2, 1), day(3, 1))


@pytest.mark.parametrize(
    ("prices", "change"),
    [
        (("41.42", "37.32"), PriceChange(Decimal("-4.10"), Decimal("41.42"), day(2, 1))),
        (("41.42", "37.32", "37.32"), PriceChange(Decimal("-4.10"), Decimal("41.42"), day(2, 1))),
        (("5", "6", "5"), PriceChange(Decimal(-1), Decimal(6), day(3, 1))),
        (("5", "5"), None),
        (("5",), None),
    ],
)
def test_the_change_is_the_difference_to_the_previous_different_price(
    prices: Sequence[str], change: PriceChange | None
) -> None:
    history = build(*(observe(day(month, 1), price) for month, price in enumerate(prices, start=1)))

    assert history.change == change


def test_sold_out_spans_end_with_the_next_observation_in_stock() -> None:
    history = build(
        observe(day(1, 1), "5", in_stock=True),
        observe(day(2, 1), "5", in_stock=False),
        observe(day(3, 1), "6", in_stock=False),
        observe(day(4, 1), "6", in_stock=None),
        observe(day(5, 1), "6", in_stock=True),
        observe(day(6, 1), "6", in_stock=False),
    )

    assert history.sold_out == (SoldOutSpan(day(2, 1), day(5, 1)), SoldOutSpan(day(6, 1), None))


def test_a_book_that_can_be_ordered_in_advance_is_not_sold_out() -> None:
    history = build(
        observe(day(1, 1), "5", availability="backorder"),
        observe(day(2, 1), "5", availability="preorder"),
        observe(day(3, 1), "5", availability="in_stock"),
    )

    assert history.sold_out == (SoldOutSpan(day(1, 1), day(2, 1)),)


def test_an_observation_without_a_price_ends_the_price_and_not_the_history() -> None:
    history = build(observe(day(1, 1), "5", in_stock=True), observe(day(2, 1), in_stock=False))

    assert list_periods(history) == [(day(1, 1), day(2, 1), "5")]
    assert (history.current, history.end, history.sold_out) == (None, NOW, (SoldOutSpan(day(2, 1), None),))


def test_each_currency_has_a_history_and_the_one_observed_last_is_first() -> None:
    euros, pounds = build_histories(
        [
            observe(day(1, 1), "5", in_stock=False),
            observe(day(2, 1), "6", in_stock=True),
            observe(day(3, 1), "7", "EUR", in_stock=True),
        ],
        now=NOW,
    )

    assert (euros.currency, euros.current, euros.end, euros.sold_out) == ("EUR", euros.points[0], NOW, ())
    assert (pounds.currency, pounds.current, pounds.end) == ("GBP", None, day(3, 1))
    assert pounds.sold_out == (SoldOutSpan(day(1, 1), day(2, 1)),)


def test_no_history_without_prices() -> None:
    assert build_histories([], now=NOW) == []
    assert build_histories([observe(day(1, 1), in_stock=False)], now=NOW) == []


def test_an_observation_later_than_the_clock_extends_the_history() -> None:
    history = build_histories([observe(day(5, 3), "5")], now=day(1, 1))[0]

    assert history.start == history.end == day(5, 3)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"in_stock": True, "stock": 19}, "19 in stock"),
        ({"in_stock": True}, "in stock"),
        ({"in_stock": False, "stock": 0}, "sold out"),
        ({"availability": "preorder"}, "preorder"),
        ({"availability": "backorder", "stock": 0}, "backorder"),
        ({"stock": 3}, "3 in stock"),
        ({}, ""),
    ],
)
def test_availability_states_what_the_source_stated(fields: dict[str, Any], text: str) -> None:
    assert observe(NOW, "5", **fields).availability_text == text


def store(book: Book, price: str, time: datetime) -> None:
    PriceObservation.objects.create(book=book, observed_at=time, price=Decimal(price), currency="GBP")


@pytest.mark.django_db
def test_prices_of_several_books_are_loaded_with_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first, second, third = make_book(), make_book(), make_book()
    for book, price, time in ((first, "6", day(2, 1)), (second, "7", day(1, 1)), (first, "5", day(1, 1))):
        store(book, price, time)
    HeldPrice.objects.create(book=second, price=Decimal(90), currency="GBP", reason="too high")

    with django_assert_num_queries(2):
        prices = load_prices([first.pk, second.pk, third.pk], now=NOW)

    assert [each.price for each in prices[first.pk].observations] == [5, 6]
    assert [prices[book.pk].is_pending for book in (first, second, third)] == [False, True, False]
    assert [len(prices[book.pk].histories) for book in (first, second, third)] == [1, 1, 0]


@pytest.mark.django_db
def test_times_are_in_the_current_time_zone() -> None:
    book = make_book()
    store(book, "5", datetime(2026, 6, 30, 23, 30, tzinfo=UTC))

    with timezone.override(ZoneInfo("Europe/Zurich")):
        history = load_prices([book.pk], now=NOW)[book.pk].histories[0]

    assert (history.start.day, history.start.hour, history.end.hour) == (1, 1, 13)
