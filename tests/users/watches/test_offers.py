"""Offers that end, return or move to another work without a new statement, and prices that are withdrawn."""

from decimal import Decimal

import pytest

from books.ingest import ingest
from books.ingest.missing import mark_missing
from books.models import Book
from books.models.price import HeldPrice
from books.prices.review import accept_prices, hold_latest_price
from books.publication import set_published
from tests.support.factories import make_record
from tests.support.prices import ingest_price
from tests.support.watches import list_events, list_new_prices, watch
from users.models import Notification, PriceWatch, WatchRule

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780140447934", "9780306406157"
OTHER_SHOP = "other_shop"


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    state_price("40.00")
    return Book.objects.get(source_key="upc-1")


def state_price(price: str, **fields: object) -> None:
    ingest_price(price, **{"isbn_13": ISBN, **fields})


def state_other_price(price: str, **fields: object) -> None:
    """Of another shop's row of the same work."""
    state_price(price, source=OTHER_SHOP, **fields)


def delist(source: str) -> None:
    assert mark_missing(source, keys=set(), addresses=set()) == 1


def withdraw(book: Book) -> None:
    assert hold_latest_price(book, reason="It is wrong.")


def test_a_book_that_is_listed_again_at_the_same_price_fires(book: Book) -> None:
    delist(book.source)
    price, stock = watch(book, amount="45.00"), watch(book, WatchRule.BACK_IN_STOCK)
    assert [list_events(each) for each in (price, stock)] == [[], []]

    state_price("40.00")
    assert [list_new_prices(each) for each in (price, stock)] == [["40.00"], ["40.00"]]


def test_a_book_that_is_listed_again_is_told_once(book: Book) -> None:
    created = watch(book, amount="45.00")
    delist(book.source)
    created.refresh_from_db()
    assert created.state == "fired"
    state_price("40.00")

    assert list_new_prices(created) == ["40.00"]


def test_a_watch_on_a_work_is_armed_when_the_cheapest_offer_is_delisted(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("28.00")
    delist(OTHER_SHOP)
    state_price("29.00")

    assert list_new_prices(created) == ["28.00", "29.00"]


def test_a_watch_on_a_work_fires_again_when_the_cheapest_offer_is_listed_again(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("28.00")
    delist(OTHER_SHOP)
    state_other_price("28.00")

    created.refresh_from_db()
    assert (created.state, list_new_prices(created)) == ("fired", ["28.00", "28.00"])


def test_a_watch_on_the_stock_of_a_work_fires_again_when_the_offer_is_listed_again(book: Book) -> None:
    state_price("40.00", in_stock=False, stock=None)
    created = watch(book, WatchRule.BACK_IN_STOCK, scope="work")
    state_other_price("28.00")
    delist(OTHER_SHOP)
    state_other_price("28.00")

    created.refresh_from_db()
    assert (created.state, list_new_prices(created)) == ("fired", ["28.00", "28.00"])


def test_a_watch_on_a_work_stays_fired_while_another_offer_fulfils_it(book: Book) -> None:
    state_price("29.50")
    created = watch(book, amount="30.00", scope="work")
    state_other_price("28.00")
    delist(OTHER_SHOP)
    state_price("29.00")

    assert list_new_prices(created) == ["29.50", "28.00"]


@pytest.mark.parametrize("price", ["28.00", "28.50"])
def test_a_watch_on_a_work_is_armed_when_the_cheapest_row_leaves_it(book: Book, price: str) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("28.00")
    other = make_record(source=OTHER_SHOP, source_key="upc-1", price=Decimal(price), isbn_13=OTHER_ISBN)
    ingest([make_record(source_key="upc-1", price=Decimal("29.00"), isbn_13=ISBN), other])

    assert list_new_prices(created) == ["28.00", "29.00"]


def test_a_row_that_joins_a_work_at_the_same_price_fires(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("28.00", isbn_13=OTHER_ISBN)
    assert list_events(created) == []
    state_other_price("28.00")

    assert list_new_prices(created) == ["28.00"]


def test_a_row_that_returns_to_a_work_without_a_new_statement_fires_at_the_next_one(book: Book) -> None:
    created, change = watch(book, amount="30.00", scope="work"), watch(book, WatchRule.ANY_CHANGE, scope="work")
    state_other_price("28.00")
    state_other_price("28.00", isbn_13=OTHER_ISBN)
    state_other_price("28.00")
    created.refresh_from_db()
    assert (created.state, list_new_prices(created), list_new_prices(change)) == ("armed", ["28.00"], ["28.00"])

    new = watch(book, amount="30.00", scope="work")
    state_other_price("28.00", stock=7)
    assert [list_new_prices(each) for each in (created, new)] == [["28.00", "28.00"], ["28.00"]]
    assert list_new_prices(change) == ["28.00"]


def test_only_the_watches_that_have_no_event_of_a_returning_row_fire(book: Book) -> None:
    state_other_price("28.00", isbn_13=OTHER_ISBN)
    new, told = watch(book, amount="30.00", scope="work"), watch(book, amount="30.00", scope="work")
    state_other_price("28.00")
    Notification.objects.filter(watch=new).delete()
    state_other_price("28.00", isbn_13=OTHER_ISBN)
    state_other_price("28.00")

    assert [list_new_prices(each) for each in (new, told)] == [["28.00"], ["28.00"]]
    states = PriceWatch.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["fired", "armed"]


def test_a_watch_on_a_work_follows_rows_that_are_unpublished_and_published(book: Book) -> None:
    created = watch(book, amount="30.00", scope="work")
    state_other_price("28.00")
    other = Book.objects.filter(source=OTHER_SHOP)
    set_published(other, is_published=False)
    state_price("29.00")
    assert list_new_prices(created) == ["28.00", "29.00"]

    state_other_price("27.00")
    set_published(other, is_published=True)
    assert list_new_prices(created) == ["28.00", "29.00", "27.00"]


def test_an_accepted_price_fires_although_the_watch_fired_at_the_observation_of_its_stock(book: Book) -> None:
    state_price("2.00", stock=7)  # the price is held, and the stock is stored
    created = watch(book, amount="45.00")
    accept_prices(HeldPrice.objects.all())

    assert list_new_prices(created) == ["40.00", "2.00"]
    latest = book.observations.latest("pk")
    assert (latest.price, latest.stock, book.observations.count()) == (Decimal("2.00"), 7, 2)


def test_a_price_above_a_withdrawn_one_fires(book: Book) -> None:
    state_price("29.00")
    created = watch(book, amount="30.00")
    state_price("20.00")
    withdraw(book)
    state_price("25.00")

    assert list_new_prices(created) == ["29.00", "20.00", "25.00"]


def test_a_change_after_a_withdrawn_price_is_compared_with_the_price_before_it(book: Book) -> None:
    created = watch(book, WatchRule.ANY_CHANGE)
    state_price("20.00")
    withdraw(book)
    state_price("40.00", stock=7)
    state_price("41.00")

    assert list_events(created) == [("40.00", "20.00"), ("40.00", "41.00")]


def test_a_drop_is_not_measured_from_a_withdrawn_price(book: Book) -> None:
    state_price("150.00")
    created = watch(book, WatchRule.DROP_PERCENT, percent=10)
    withdraw(book)
    state_price("39.00")
    assert list_events(created) == []

    state_price("36.00")
    assert list_new_prices(created) == ["36.00"]


def test_a_start_price_of_a_row_that_left_the_work_is_not_withdrawn(book: Book) -> None:
    state_other_price("20.00")
    created = watch(book, WatchRule.DROP_PERCENT, percent=10, scope="work")
    state_other_price("20.00", isbn_13=OTHER_ISBN)
    state_price("38.00")
    withdraw(book)

    created.refresh_from_db()
    assert created.start_price == Decimal("20.00")


def test_a_withdrawn_price_within_the_range_of_the_others_is_replaced(book: Book) -> None:
    for price in ("20.00", "40.00", "30.00"):
        state_price(price)
    created = watch(book, WatchRule.DROP_PERCENT, percent=10)
    withdraw(book)

    created.refresh_from_db()
    assert created.start_price == Decimal("40.00")


def test_the_end_of_the_cheapest_offer_is_no_change_and_is_not_told_later(book: Book) -> None:
    created = watch(book, WatchRule.ANY_CHANGE, scope="work")
    state_other_price("28.00")
    delist(OTHER_SHOP)
    state_price("40.00", stock=7)
    assert list_events(created) == [("40.00", "28.00")]

    state_other_price("28.00")
    assert list_events(created) == [("40.00", "28.00")] * 2
    state_other_price("28.00", isbn_13=OTHER_ISBN)
    state_price("41.00")
    assert list_events(created) == [*[("40.00", "28.00")] * 2, ("40.00", "41.00")]
