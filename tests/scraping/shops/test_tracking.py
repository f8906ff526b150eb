"""Pages that people track: from an address to a book, over HTTP."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from books.models import Book, HeldPrice
from scraping.models import Shop, ShopPage, TrackedPage
from scraping.shops import states
from scraping.shops.page_fetching import open_shop
from scraping.shops.reading import read_again
from scraping.shops.rejections import Cause, Rejected
from scraping.shops.tracking import stop_tracking, track
from tests.fakes.structured_shop.app import html_fault, redirect_fault
from tests.support.factories import make_user
from tests.support.shops import OpenShop
from users.models import User

OFFER = {"@type": "Offer", "price": "5.00", "priceCurrency": "EUR"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user()


def reject(user: User, url: str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        track(user_id=user.pk, url=url)
    assert not TrackedPage.objects.exists()
    assert not Book.objects.exists()
    return caught.value


def read(page: ShopPage) -> ShopPage:
    page = ShopPage.objects.select_related("shop", "book").get(pk=page.pk)
    with open_shop(page.shop, max_wait=5) as fetcher:
        read_again(page, fetcher)
    return ShopPage.objects.get(pk=page.pk)


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


@pytest.mark.parametrize(
    "text", ["", "a book", "ftp://shop.example/1", "http://", "http://user:pw@shop.example/1", "http://a b/", "//x/y"]
)
def test_a_text_that_is_no_address_is_rejected(text: str, user: User) -> None:
    assert reject(user, text).cause == Cause.NOT_AN_ADDRESS


def test_a_host_that_staff_have_not_allowed_is_rejected_without_a_request(shop: OpenShop, user: User) -> None:
    rejected = reject(user, "https://other.example/book/1")

    assert rejected.cause == Cause.HOST_NOT_ALLOWED
    assert rejected.reason.startswith("other.example is not among the shops that may be read.")
    assert not shop.server.requests


@pytest.mark.parametrize("state", [Shop.State.PAUSED, Shop.State.BLOCKED])
def test_a_shop_that_is_not_read_rejects_its_pages(state: str, shop: OpenShop, user: User) -> None:
    Shop.objects.filter(pk=shop.row.pk).update(state=state, state_reason="Its terms forbid it.")

    rejected = reject(user, shop.url(1))

    assert (rejected.cause, rejected.reason[-20:]) == (Cause.SHOP_NOT_READ, "Its terms forbid it.")
    assert not shop.server.requests


def test_robots_txt_is_obeyed(shop: OpenShop, user: User) -> None:
    shop.server.robots = "User-agent: *\nDisallow: /book/1\n"

    rejected = reject(user, shop.url(1))

    assert rejected.cause == Cause.ROBOTS
    assert "robots.txt" in rejected.reason
    assert shop.server.requests["/book/1"] == 0


def test_a_refused_page_is_rejected(shop: OpenShop, user: User) -> None:
    shop.server.faults["/book/1"] = html_fault("403 Forbidden", "<h1>No</h1>")

    rejected = reject(user, shop.url(1))

    assert rejected.cause == Cause.REFUSED
    assert "403" in rejected.reason


def test_three_refusals_in_a_row_pause_the_shop(shop: OpenShop, user: User) -> None:
    for number in (1, 2, 3):
        shop.server.faults[f"/book/{number}"] = html_fault("429 Too Many Requests", "")
        assert Shop.objects.get(pk=shop.row.pk).state == Shop.State.CONFIRMED
        reject(user, shop.url(number))

    row = Shop.objects.get(pk=shop.row.pk)
    assert row.state == Shop.State.PAUSED
    assert row.state_reason.startswith("The shop refused 3 requests in a row.")
    assert reject(user, shop.url(4)).cause == Cause.SHOP_NOT_READ
    states.resume(row)
    assert row.state == Shop.State.NEW


def test_a_page_between_two_refusals_ends_the_row(shop: OpenShop, user: User) -> None:
    shop.server.faults["/book/1"] = html_fault("403 Forbidden", "")
    reject(user, shop.url(1))
    reject(user, shop.url(1))
    track(user_id=user.pk, url=shop.url(2))

    assert Shop.objects.get(pk=shop.row.pk).refusals == 0


@pytest.mark.parametrize(
    "fault",
    [
        html_fault("200 OK", '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>'),
        html_fault("403 Forbidden", "<h1>Just a moment</h1>", ("cf-mitigated", "challenge")),
        html_fault("503 Service Unavailable", '<form><div class="g-recaptcha"></div></form>'),
    ],
)
def test_one_challenge_pauses_the_shop(
    fault: tuple[str, list[tuple[str, str]], bytes], shop: OpenShop, user: User
) -> None:
    shop.server.faults["/book/1"] = fault

    assert reject(user, shop.url(1)).cause == Cause.CHALLENGE

    row = Shop.objects.get(pk=shop.row.pk)
    assert (row.state, row.state_reason) == (Shop.State.PAUSED, states.CHALLENGED)


def test_a_product_page_with_a_captcha_in_a_form_is_no_challenge(shop: OpenShop, user: User) -> None:
    html = shop.server.render(shop.server.products["/book/1"], shop.url(1))
    shop.server.faults["/book/1"] = html_fault("200 OK", f'{html}<form><div class="h-captcha"></div></form>')

    track(user_id=user.pk, url=shop.url(1))

    assert Shop.objects.get(pk=shop.row.pk).state == Shop.State.CONFIRMED


def test_a_redirect_to_another_host_is_rejected(shop: OpenShop, user: User) -> None:
    shop.server.faults["/book/1"] = redirect_fault("http://other.example/book/1")

    rejected = reject(user, shop.url(1))

    assert "http://other.example/book/1" in rejected.reason
    assert "is not on the shop's host" in rejected.reason


def test_a_private_address_is_rejected(shop: OpenShop, user: User, settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = False

    rejected = reject(user, shop.url(1))

    assert rejected.cause == Cause.UNREACHABLE
    assert not shop.server.requests


def test_a_page_of_6_mb_is_rejected(shop: OpenShop, user: User) -> None:
    shop.server.faults["/book/1"] = html_fault("200 OK", "x" * 6 * 1024 * 1024)

    assert "is larger than 5 MiB" in reject(user, shop.url(1)).reason


def test_a_page_that_says_not_found_with_status_200_is_rejected(shop: OpenShop, user: User) -> None:
    shop.server.faults["/book/1"] = html_fault("200 OK", "<h1>This page does not exist any more</h1>")

    assert reject(user, shop.url(1)).cause == Cause.NO_PRODUCT


def test_a_page_with_several_products_is_rejected(shop: OpenShop, user: User) -> None:
    things = [{"@type": "Book", "name": f"Tales {name}", "offers": OFFER} for name in ("one", "two")]
    script = f'<script type="application/ld+json">{json.dumps(things)}</script>'
    shop.server.faults["/book/1"] = html_fault("200 OK", f"{script}<h1>Tales</h1>")

    rejected = reject(user, shop.url(1))

    assert rejected.cause == Cause.IN_DOUBT
    assert rejected.reason.startswith("It is not certain which product the page describes.")


def test_an_uncertain_price_is_rejected_with_its_text(shop: OpenShop, user: User) -> None:
    shop.server.products["/book/1"] = replace(shop.server.products["/book/1"], price="464.000")

    rejected = reject(user, shop.url(1))

    assert rejected.cause == Cause.IN_DOUBT
    assert rejected.reason.startswith("The price is not certain.")
    assert "464.000" in rejected.reason


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
