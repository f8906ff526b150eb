"""The bugs of other price trackers, as scenarios over the fake shop. Each crawl is a whole one, with quality gates."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from books.models import Book
from books.models.price import HeldPrice
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.support.crawls import EVERY_PAGE, Crawl
from tests.support.watches import WatchedShop, list_events, list_new_prices, watch
from users.models import Notification, WatchRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A shop with one listing page, because each test crawls it several times. Two of its books have one title."""
    stock = read_books()[:12]
    stock[8] = replace(stock[8], title=stock[7].title)
    return Shop(stock)


@pytest.fixture
def watched(shop: Shop, crawl: Crawl) -> WatchedShop:
    """The watched book costs 40.00 after the first crawl."""
    shop.faults.prices[shop.stock[7].upc] = "40.00"
    return WatchedShop(shop, crawl)


def test_every_crossing_is_told_and_not_only_the_first(watched: WatchedShop) -> None:
    created = watch(watched.book, amount="30.00")
    for price in ("29.00", "35.00", "30.00", "31.00", "28.00"):
        assert watched.state_price(price) == "succeeded"

    assert list_new_prices(created) == ["29.00", "30.00", "28.00"]


def test_a_new_low_below_the_price_told_is_told_and_a_smaller_rise_is_not(watched: WatchedShop) -> None:
    created = watch(watched.book, amount="30.00")
    for price in ("29.00", "29.50", "29.00", "25.00", "26.00"):
        watched.state_price(price)

    assert list_new_prices(created) == ["29.00", "25.00"]


def test_crawls_without_a_change_tell_nothing(watched: WatchedShop) -> None:
    created = [watch(watched.book, amount="30.00"), watch(watched.book, WatchRule.LOWEST)]
    watched.state_price("29.00")
    for _ in range(3):
        assert watched.crawl() == "succeeded"

    assert [list_new_prices(each) for each in created] == [["29.00"], ["29.00"]]


def test_the_lowest_price_is_that_of_now_and_not_that_of_when_the_watch_was_added(watched: WatchedShop) -> None:
    created = watch(watched.book, WatchRule.LOWEST)
    for price in ("38.00", "39.00", "38.50", "38.00", "37.00"):
        watched.state_price(price)

    assert list_new_prices(created) == ["38.00", "38.00", "37.00"]  # a price equal to the lowest counts
    events = Notification.objects.filter(watch=created.pk).order_by("pk")
    assert [each.payload["lowest"] for each in events] == ["38.00", "38.00", "37.00"]


def test_an_unreadable_page_between_two_equal_prices_tells_nothing(watched: WatchedShop) -> None:
    created = [watch(watched.book, WatchRule.ANY_CHANGE), watch(watched.book, amount="45.00")]
    assert list_new_prices(created[1]) == ["40.00"]  # true at the beginning
    watched.shop.faults.statuses[watched.offer.path] = 500
    watched.crawl()
    watched.shop.faults.statuses.clear()
    watched.crawl()

    assert [list_new_prices(each) for each in created] == [[], ["40.00"]]


def test_a_page_without_a_price_between_two_equal_prices_tells_nothing(watched: WatchedShop) -> None:
    created = [watch(watched.book, WatchRule.ANY_CHANGE), watch(watched.book, amount="45.00")]
    watched.shop.stock[7] = replace(watched.offer, price="")
    watched.state_price("")
    assert watched.book.observations.latest("pk").price is None
    watched.state_price("40.00")

    assert watched.book.price == Decimal("40.00")
    assert [list_new_prices(each) for each in created] == [[], ["40.00"]]


def test_a_price_held_for_review_tells_nothing_and_is_told_when_staff_accept_it(watched: WatchedShop) -> None:
    created = [watch(watched.book, amount="30.00"), watch(watched.book, WatchRule.ANY_CHANGE)]
    watched.state_price("2.00")
    assert HeldPrice.objects.pending().count() == 1
    assert [list_events(each) for each in created] == [[], []]

    watched.accept()

    assert [list_events(each) for each in created] == [[("40.00", "2.00")], [("40.00", "2.00")]]


def test_a_price_that_staff_dismiss_is_never_told(watched: WatchedShop) -> None:
    created = watch(watched.book, amount="30.00")
    watched.state_price("2.00")
    watched.dismiss()
    watched.crawl()
    watched.state_price("40.00")

    assert list_events(created) == []


def test_a_condition_that_is_true_already_is_stated_at_once_and_told_once(watched: WatchedShop) -> None:
    created = watch(watched.book, amount="45.00")
    client = Client()
    client.force_login(created.user)

    assert client.get(f"/api/watches/{created.pk}").json()["is_met"] is True
    watched.crawl()
    assert list_new_prices(created) == ["40.00"]


def test_the_price_of_another_book_with_the_same_title_is_not_counted(watched: WatchedShop) -> None:
    created, other = watch(watched.book, amount="30.00"), watched.shop.stock[8]
    watched.shop.faults.prices[other.upc] = "25.00"
    assert watched.crawl() == "succeeded"

    stored = Book.objects.get(upc=other.upc)
    assert (stored.title, stored.price) == (watched.book.title, Decimal("25.00"))
    assert list_events(created) == []


def test_a_rejected_crawl_tells_nothing(watched: WatchedShop) -> None:
    """A third of the shop is gone, and the watched book has a new price."""
    created = watch(watched.book, amount="30.00")
    watched.shop.faults.delisted = {each.upc for each in watched.shop.stock[8:]}
    assert watched.state_price("20.00") == "rejected"
    assert list_events(created) == []

    watched.shop.faults.delisted.clear()
    assert watched.crawl() == "succeeded"
    assert list_new_prices(created) == ["20.00"]


def test_crawls_rejected_before_the_first_accepted_one_tell_nothing(shop: Shop, crawl: Crawl) -> None:
    """Their books are in the catalogue, because readers wait for them."""
    whole, offer = list(shop.stock), shop.stock[7]
    shop.stock[:2] = [replace(each, stock=0, price="") for each in shop.stock[:2]]  # too many books without a price
    shop.faults.prices[offer.upc] = "40.00"
    assert crawl().state == "rejected"
    created = [watch(Book.objects.get(upc=offer.upc), amount=amount) for amount in ("30.00", "45.00")]
    shop.faults.prices[offer.upc] = "20.00"
    assert crawl(max_age=EVERY_PAGE).state == "rejected"
    assert [list_events(each) for each in created] == [[], []]

    shop.stock[:] = whole
    assert crawl(max_age=EVERY_PAGE).state == "succeeded"
    assert [list_new_prices(each) for each in created] == [["20.00"], ["20.00"]]


def test_prices_of_zero_after_a_data_fault_tell_nothing(watched: WatchedShop) -> None:
    created = [watch(book, amount="5.00") for book in type(watched.book).objects.filter(price__lt=60)]
    created.append(watch(watched.book, WatchRule.ANY_CHANGE))
    for each in watched.shop.stock:
        watched.shop.faults.prices[each.upc] = "0.00"
    watched.crawl()

    assert [list_events(each) for each in created] == [[]] * len(created)


def test_the_event_states_when_the_price_was_observed(watched: WatchedShop) -> None:
    created = watch(watched.book, amount="30.00")
    watched.state_price("29.00")
    event = Notification.objects.get(watch=created.pk)
    observation = watched.book.observations.latest("pk")

    assert event.observation == observation
    assert event.recipient == created.user
    assert event.payload == {
        "book": watched.book.pk,
        "title": watched.book.title,
        "rule": "at or below £30.00",
        "observed_at": observation.observed_at.isoformat(),
        "currency": "GBP",
        "in_stock": True,
        "old": "40.00",
        "new": "29.00",
        "target": "30.00",
        "lowest": "29.00",
    }


def test_a_drop_is_measured_from_the_price_at_the_beginning(watched: WatchedShop) -> None:
    tenth, pounds = (
        watch(watched.book, WatchRule.DROP_PERCENT, percent=10),
        watch(watched.book, "drop_amount", amount="5"),
    )
    assert (tenth.start_price, pounds.start_price) == (Decimal("40.00"), Decimal("40.00"))
    for price in ("37.00", "36.00", "35.00"):
        watched.state_price(price)

    assert list_new_prices(tenth) == ["36.00", "35.00"]
    assert list_new_prices(pounds) == ["35.00"]


def test_any_change_is_told_up_and_down(watched: WatchedShop) -> None:
    created = watch(watched.book, WatchRule.ANY_CHANGE)
    for price in ("41.00", "41.00", "39.00"):
        watched.state_price(price)

    assert list_events(created) == [("40.00", "41.00"), ("41.00", "39.00")]


def test_a_price_that_is_moved_back_to_the_review_arms_the_watch(watched: WatchedShop) -> None:
    created = watch(watched.book, amount="30.00")
    watched.state_price("29.00")
    watched.hold()
    created.refresh_from_db()
    assert (created.state, created.fired_price) == ("armed", None)

    watched.state_price("28.00")
    watched.accept()
    assert list_new_prices(created) == ["29.00", "28.00"]
