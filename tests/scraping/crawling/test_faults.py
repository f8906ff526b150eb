"""Crawls of a shop with pages that fail, contradict each other or are invalid."""

from dataclasses import replace
from typing import Any

import pytest

from books.models import Book
from scraping.models import ScrapeRun
from tests.fakes.shop.app import Shop
from tests.fakes.shop.server import serving
from tests.support.crawls import EVERY_PAGE, FETCH_OPTIONS, THRESHOLDS, Crawl, counts_add_up, load_catalogue, read_page

pytestmark = pytest.mark.django_db
TOLERANT = replace(THRESHOLDS, max_unreadable=0.05)  # accepts 2 unreadable pages of 45


def test_unreadable_book_does_not_stop_the_crawl(crawl: Crawl, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    path = shop.stock[30].path
    shop.faults.truncated[path] = 0.2

    report = crawl()

    assert (report.counts.created, report.counts.failed) == (44, 1)
    assert counts_add_up(report)
    (problem,) = report.problems
    assert problem.url.endswith(path)
    assert problem.field is not None
    assert str(problem) in caplog.text
    assert not Book.objects.filter(upc=shop.stock[30].upc).exists()


def test_threshold_decides_about_unreadable_pages(crawl: Crawl, shop: Shop) -> None:
    for book in shop.stock[:2]:
        shop.faults.statuses[book.path] = 500
    report = crawl()
    assert (report.state, report.counts.failed) == ("rejected", 2)
    assert report.reason is not None
    assert report.reason.startswith("2 of 45 books could not be read; the limit is 2%. First problem: http://")

    assert crawl(thresholds=TOLERANT).state == "succeeded"


def test_run_ends_as_soon_as_it_cannot_be_accepted(crawl: Crawl, shop: Shop) -> None:
    for book in shop.stock:
        shop.faults.statuses[book.path] = 404
    shop.faults.latency = 0.05

    report = crawl()

    assert (report.state, report.counts.failed) == ("rejected", 2)
    assert sum(shop.requests[book.path] for book in shop.stock) < 45


def test_every_tenth_page_fails(crawl: Crawl, shop: Shop) -> None:
    shop.faults.every_tenth_fails = True

    report = crawl(thresholds=replace(THRESHOLDS, max_unreadable=0.2))

    failing = [book for book in shop.stock if book.id % 10 == 0]
    assert report.state == "succeeded"
    assert (report.counts.failed, report.counts.created) == (len(failing), 45 - len(failing))
    assert counts_add_up(report)
    assert not Book.objects.filter(upc__in=[book.upc for book in failing]).exists()


def test_sold_out_books_are_read(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.stock[0] = replace(shop.stock[0], stock=0)
    shop.stock[1] = replace(shop.stock[1], stock=0, price="")
    shop.stock[2] = replace(shop.stock[2], rating=0)

    report = crawl(thresholds=replace(THRESHOLDS, max_without=0.05))

    assert (report.state, report.counts.updated, report.counts.failed) == ("succeeded", 3, 0)
    sold_out, unpriced, unrated = (Book.objects.get(upc=book.upc) for book in shop.stock[:3])
    assert (sold_out.in_stock, sold_out.stock, str(sold_out.price)) == (False, 0, shop.stock[0].price)
    assert (unpriced.in_stock, unpriced.price, unpriced.currency) == (False, None, None)
    assert unrated.rating is None


FIRST_PAGE_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"bodies": {"/": b"<html><body><h1>Garden centre</h1></body></html>"}}, "rejected", "total: expected one element"),
    ({"bodies": {"/": b""}}, "rejected", "total: expected one element"),
    (
        {"bodies": {"/": b'<meta HTTP-EQUIV="Refresh" content="0; url=/shop/">'}},
        "rejected",
        "page: is only a redirect in HTML ('0; url=/shop/'), which is not followed",
    ),
    ({"truncated": {"/": 0.5}}, "rejected", "on a page that announces books 1 to 20"),
    ({"renamed_classes": True}, "rejected", "total: expected one element"),
    ({"statuses": {"/": 500}}, "failed", "returned status 500"),
    ({"statuses": {"/": 404}}, "failed", "returned status 404"),
    ({"statuses": {"/robots.txt": 500}}, "failed", "robots.txt returned status 500"),
    ({"robots": "User-agent: *\nDisallow: /"}, "failed", "is disallowed by the shop's robots.txt"),
    ({"redirects": {"/": "http://127.0.0.1:9/"}}, "failed", "is not on the shop's host"),
]


@pytest.mark.parametrize(("faults", "state", "reason"), FIRST_PAGE_FAULTS)
def test_nothing_is_stored_without_the_first_page(
    crawl: Crawl, shop: Shop, faults: dict[str, Any], state: str, reason: str
) -> None:
    for name, value in faults.items():
        setattr(shop.faults, name, value)

    report = crawl()

    assert report.state == state
    assert reason in (report.reason or "")
    assert "\n" not in (report.reason or "")
    assert not Book.objects.exists()
    assert ScrapeRun.objects.get().reason == report.reason


@pytest.mark.parametrize("field", ["title", "description", None])
def test_invalid_byte_costs_at_most_its_own_book(crawl: Crawl, shop: Shop, field: str | None) -> None:
    crawl()
    before = load_catalogue()
    book = shop.stock[0]
    html = read_page(shop, book.path).encode()
    text = {"title": b"</h1>", "description": "shelf —".encode(), None: b"</body>"}[field]
    assert html.count(text) == 1
    shop.faults.bodies[book.path] = html.replace(text, b"<!-- caf\xe9 -->" + text if field is None else b"\xe9" + text)

    report = crawl(max_age=EVERY_PAGE)

    assert (report.state, report.counts.failed) == ("succeeded", 1 if field else 0)
    assert [problem.field for problem in report.problems] == ([field] if field else [])
    assert load_catalogue() == before


def test_redirect_to_another_host_is_a_problem(crawl: Crawl, shop: Shop) -> None:
    other_shop = Shop(shop.stock[:1])
    with serving(other_shop) as other_url:
        shop.faults.redirects[shop.stock[0].path] = f"{other_url}catalogue/x.html"
        report = crawl()

    assert (report.counts.failed, report.counts.created) == (1, 44)
    assert not other_shop.requests


def test_endless_and_hanging_pages_fail(crawl: Crawl, shop: Shop) -> None:
    shop.faults.endless.add(shop.stock[0].path)
    shop.faults.hanging.add(shop.stock[1].path)

    report = crawl(thresholds=TOLERANT, fetch=replace(FETCH_OPTIONS, page_timeout=1.5, read_timeout=1.5))

    assert (report.counts.failed, report.counts.created) == (2, 43)


def test_second_page_with_the_same_upc_is_a_problem(crawl: Crawl, shop: Shop) -> None:
    first, second = shop.stock[:2]
    shop.faults.bodies[second.path] = read_page(shop, second.path).replace(second.upc, first.upc).encode()

    report = crawl()

    assert report.problems[0].message.startswith(f"has the source key {first.upc}, which http://")
    assert counts_add_up(report)
    assert (report.state, report.counts.failed) == ("rejected", 2)  # neither page is used


def test_pages_with_one_source_key_cost_these_two_books(crawl: Crawl, shop: Shop) -> None:
    crawl()
    first, second, third = shop.stock[:3]
    shop.faults.bodies[second.path] = read_page(shop, second.path).replace(second.upc, first.upc).encode()
    shop.faults.prices |= {first.upc: "31.41", third.upc: "31.41"}

    report = crawl(thresholds=TOLERANT, is_full=True)

    assert (report.state, report.counts.failed, report.counts.updated) == ("succeeded", 2, 1)
    assert counts_add_up(report)
    prices = {book.upc: str(book.price) for book in Book.objects.filter(missing_since=None)}
    assert (len(prices), prices[first.upc], prices[third.upc]) == (45, first.price, "31.41")


@pytest.mark.parametrize("is_curated", [True, False])
def test_listed_book_with_another_address_is_not_missing(crawl: Crawl, shop: Shop, is_curated: bool) -> None:
    path = shop.stock[3].path
    if not is_curated:
        shop.faults.bodies["/elsewhere.html"] = read_page(shop, path).replace("../../", "/").encode()
        shop.faults.redirects[path] = "/elsewhere.html"
    crawl(thresholds=TOLERANT)
    Book.objects.filter(upc=shop.stock[3].upc).update(product_url="https://example.org/our-own-link")
    shop.faults.redirects.clear()
    shop.faults.statuses[path] = 500

    report = crawl(thresholds=TOLERANT, max_age=EVERY_PAGE)

    assert (report.state, report.counts.failed, report.counts.missing) == ("succeeded", 1, 0)


def test_page_truncated_in_its_stock_changes_nothing(crawl: Crawl, shop: Shop) -> None:
    crawl()
    before = load_catalogue()
    path = shop.stock[0].path
    html = read_page(shop, path)
    shop.faults.bodies[path] = html[: html.rindex("<td>In stock") + len("<td>In stock")].encode()

    assert crawl(max_age=EVERY_PAGE).counts.failed == 1
    assert load_catalogue() == before
