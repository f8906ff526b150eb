"""Tracking a page: from its address to a book, and its later readings."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from books.ingest import ingest
from books.models import Book, HeldPrice
from scraping.models import Shop, ShopPage, TrackedPage
from scraping.shops import states
from scraping.shops.rejections import Cause, Rejected
from scraping.shops.tracking import stop_tracking, track
from tests.fakes.structured_shop.app import redirect_fault
from tests.scraping.shops.tracking_steps import read
from tests.support.factories import make_record, make_user
from tests.support.shops import OpenShop
from tests.support.watches import watch
from users.models import User

OFFER = {"@type": "Offer", "price": "5.00", "priceCurrency": "EUR"}
pytestmark = pytest.mark.django_db


def test_an_address_becomes_a_book_with_its_price_and_source(any_shop: OpenShop, user: User) -> None:
    product = replace(any_shop.server.products["/book/3"], isbn="9780306406157")
    any_shop.server.products["/book/3"] = product

    tracked, is_new = track(user_id=user.pk, url=f"{any_shop.url(3)}?utm_source=mail#reviews")

    assert is_new
    book = Book.objects.get()
    assert (book.source, book.title, book.isbn_13) == (any_shop.row.pk, product.title, "9780306406157")
    assert (book.price, book.currency, book.in_stock) == (Decimal("12.50"), "EUR", True)
    assert [author.name for author in book.authors.all()] == ["Ada Writer"]
    assert book.product_url == any_shop.url(3)
    assert tracked.page.state == ShopPage.State.READ
    assert tracked.page.book == book
    assert set(tracked.page.sources) >= {"title", "price", "currency", "availability"}


def test_the_same_page_is_tracked_once(shop: OpenShop, user: User) -> None:
    track(user_id=user.pk, url=shop.url(1))
    tracked, is_new = track(user_id=user.pk, url=f"{shop.url(1)}/?gclid=1")

    assert not is_new
    assert shop.server.requests["/book/1"] == 1
    assert TrackedPage.objects.get() == tracked


def test_the_second_reading_of_an_unchanged_page_is_answered_304(any_shop: OpenShop, user: User) -> None:
    page = track(user_id=user.pk, url=any_shop.url(1))[0].page
    first_check = Book.objects.get().created_at

    page = read(page)

    assert any_shop.server.conditional["/book/1"] == 1
    assert any_shop.server.requests["/robots.txt"] == 1
    assert page.state == ShopPage.State.READ
    assert page.book is not None
    assert page.book.last_check.at > first_check


def test_a_changed_price_is_a_new_observation(any_shop: OpenShop, user: User) -> None:
    page = track(user_id=user.pk, url=any_shop.url(1))[0].page
    any_shop.server.products["/book/1"] = replace(any_shop.server.products["/book/1"], price="9.90")

    read(page)

    book = Book.objects.get()
    assert book.price == Decimal("9.90")
    assert [each.price for each in book.observations.order_by("pk")] == [Decimal("12.50"), Decimal("9.90")]


def test_a_doubtful_price_of_a_known_page_waits_for_review(shop: OpenShop, user: User) -> None:
    page = track(user_id=user.pk, url=shop.url(1))[0].page
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], price="1,234")

    read(page)

    assert Book.objects.get().price == Decimal("12.50")
    assert HeldPrice.objects.get().text == "1,234"


@pytest.mark.parametrize(
    ("word", "availability"),
    [
        ("LimitedAvailability", "in_stock"),
        ("SoldOut", "out_of_stock"),
        ("PreOrder", "preorder"),
        ("BackOrder", "backorder"),
        ("InStoreOnly", "in_stock"),
        ("MadeToOrder", "unknown"),
    ],
)
def test_the_availability_is_stored_as_stated(shop: OpenShop, user: User, word: str, availability: str) -> None:
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], availability=word)

    track(user_id=user.pk, url=shop.url(1))

    assert Book.objects.get().availability == availability


def test_a_book_that_is_sold_out_without_a_price_is_tracked(shop: OpenShop, user: User) -> None:
    sold_out = replace(shop.server.products["/book/1"], price=None, availability="OutOfStock")
    shop.server.products["/book/1"] = sold_out

    track(user_id=user.pk, url=shop.url(1))

    book = Book.objects.get()
    assert (book.price, book.in_stock) == (None, False)


def test_staff_settle_the_decimal_mark(shop: OpenShop, user: User) -> None:
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], price="464.000", currency="VND")
    Shop.objects.filter(pk=shop.row.pk).update(decimal_mark=",")

    track(user_id=user.pk, url=shop.url(1))

    assert Book.objects.get().price == Decimal(464_000)


def test_the_number_of_tracked_pages_is_limited(shop: OpenShop, user: User, settings: Settings) -> None:
    settings.MAX_TRACKED_PAGES = 1
    track(user_id=user.pk, url=shop.url(1))

    with pytest.raises(Rejected) as caught:
        track(user_id=user.pk, url=shop.url(2))

    assert caught.value.cause == Cause.LIMIT


def test_a_page_that_redirects_to_another_product_keeps_its_price(shop: OpenShop, user: User) -> None:
    page = track(user_id=user.pk, url=shop.url(1))[0].page
    shop.server.products["/book/2"] = replace(shop.server.products["/book/2"], price="3.00")
    shop.server.faults["/book/1"] = redirect_fault(shop.url(2))

    page = read(page)

    assert (page.state, page.failures) == (ShopPage.State.IN_DOUBT, 1)
    assert Book.objects.get().price == Decimal("12.50")


def test_a_page_that_is_gone_twice_marks_the_book_as_missing(shop: OpenShop, user: User) -> None:
    page = track(user_id=user.pk, url=shop.url(1))[0].page
    del shop.server.products["/book/1"]

    assert read(page).state == ShopPage.State.FAILED
    assert Book.objects.get().missing_since is None
    assert read(page).state == ShopPage.State.GONE
    book = Book.objects.get()
    assert book.missing_since is not None
    assert book.price == Decimal("12.50")


def test_a_watch_on_the_work_of_a_book_that_is_gone_is_armed(shop: OpenShop, user: User) -> None:
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], isbn="9780306406157")
    page = track(user_id=user.pk, url=shop.url(1))[0].page
    ingest([make_record(source="other_shop", price=Decimal("40.00"), currency="EUR", isbn_13="9780306406157")])
    other = Book.objects.get(source="other_shop")
    watched = watch(other, user=user, amount="30.00", currency="EUR", scope="work")
    assert watched.state == "fired"
    del shop.server.products["/book/1"]
    read(page)
    read(page)

    watched.refresh_from_db()
    assert watched.state == "armed"


def test_after_the_last_person_stops_the_page_has_no_priority(shop: OpenShop, user: User) -> None:
    tracked, _ = track(user_id=user.pk, url=shop.url(1))
    other, _ = track(user_id=make_user(email="second@example.org").pk, url=shop.url(1))

    stop_tracking(tracked)
    assert ShopPage.objects.get().priority == ShopPage.Priority.TRACKED
    stop_tracking(other)
    assert ShopPage.objects.get().priority == ShopPage.Priority.READ
    assert Book.objects.exists()


def test_the_products_of_a_new_shop_wait_until_staff_confirm_it(shop: OpenShop, user: User) -> None:
    Shop.objects.filter(pk=shop.row.pk).update(state=Shop.State.NEW)
    tracked, _ = track(user_id=user.pk, url=shop.url(1))
    assert tracked.page.state == ShopPage.State.UNCONFIRMED
    assert not Book.objects.exists()

    states.confirm(Shop.objects.get(pk=shop.row.pk))

    assert Book.objects.get().price == Decimal("12.50")
    page = ShopPage.objects.get()
    assert (page.state, page.book, page.record) == (ShopPage.State.READ, Book.objects.get(), None)
