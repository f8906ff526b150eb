"""Pages that cannot be tracked: each is rejected with its reason."""

import json
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from scraping.models import Shop
from scraping.shops import states
from scraping.shops.rejections import Cause
from scraping.shops.tracking import track
from tests.fakes.structured_shop.app import html_fault, redirect_fault
from tests.scraping.shops.tracking_steps import reject
from tests.support.shops import OpenShop
from users.models import User

OFFER = {"@type": "Offer", "price": "5.00", "priceCurrency": "EUR"}
pytestmark = pytest.mark.django_db


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


def test_a_private_address_is_rejected(
    shop: OpenShop, user: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PRIVATE_ADDRESSES = False

    rejected = reject(user, shop.url(1))

    assert rejected.cause == Cause.UNREACHABLE
    assert rejected.reason.startswith(f"{shop.url(1)} is in a private network")
    assert "ask the operator of Colophon" in rejected.reason
    assert "PRIVATE_ADDRESSES" not in rejected.reason
    assert "PRIVATE_ADDRESSES=true allows that." in caplog.text
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
