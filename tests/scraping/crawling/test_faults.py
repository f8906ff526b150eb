"""Crawls of a shop whose pages fail, contradict each other or make no sense."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from books.models import Book
from scraping.fetching import fetcher
from scraping.models import ScrapeRun
from tests.conftest import Crawl
from tests.fakes.shop.app import Shop
from tests.fakes.shop.server import serving
from tests.support.crawls import EVERY_PAGE, adds_up, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_waits")]


def test_an_unreadable_book_is_counted_and_the_crawl_goes_on(
    crawl: Crawl, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    path = shop.stock[30].path
    shop.faults.cut_off[path] = 0.2

    report = crawl()

    assert (report.counts.created, report.counts.failed) == (44, 1)
    assert adds_up(report)
    (problem,) = report.problems
    assert (problem.url.endswith(path), problem.field is not None) == (True, True)
    assert str(problem) in caplog.text
    assert not Book.objects.filter(upc=shop.stock[30].upc).exists()


def test_few_unreadable_pages_are_no_failure_many_are(crawl: Crawl, shop: Shop, settings: Settings) -> None:
    shop.faults.statuses[shop.stock[0].path] = 500
    report = crawl()
    assert (report.state, report.counts.failed) == ("rejected", 1)  # 1 of 45 is more than 2 %
    assert report.reason is not None
    assert report.reason.startswith("1 of 45 books could not be read, more than 2%; the first: http://")

    settings.GATES = replace(settings.GATES, max_unreadable=0.05)
    assert crawl().state == "succeeded"


def test_every_tenth_page_fails(crawl: Crawl, shop: Shop) -> None:
    shop.faults.every_tenth_fails = True

    report = crawl()

    failing = [book for book in shop.stock if book.id % 10 == 0]
    assert report.state == "rejected"
    assert (report.counts.failed, report.counts.created) == (len(failing), 45 - len(failing))
    assert adds_up(report)
    assert not Book.objects.filter(upc__in=[book.upc for book in failing]).exists()


def test_a_listing_page_that_fails_hides_only_its_own_books(crawl: Crawl, shop: Shop) -> None:
    shop.faults.statuses["/catalogue/page-2.html"] = 500

    report = crawl()

    assert (report.state, report.counts.created) == ("rejected", 25)
    assert (report.reason or "").startswith("20 of 45 books could not be read")
    assert [problem.url.rpartition("/")[2] for problem in report.problems] == ["page-2.html"]
    assert adds_up(report)


FIRST_PAGE_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"bodies": {"/": b"<html><body><h1>Garden centre</h1></body></html>"}}, "rejected", "total: no elements"),
    ({"bodies": {"/": b""}}, "rejected", "total: no elements"),
    ({"cut_off": {"/": 0.5}}, "rejected", "books where it announces 1 to 20"),
    ({"renamed_classes": True}, "rejected", "total: no elements"),
    ({"statuses": {"/": 500}}, "failed", "answered 500"),
    ({"statuses": {"/": 404}}, "failed", "answered 404"),
    ({"statuses": {"/robots.txt": 500}}, "failed", "robots.txt answered 500"),
    ({"robots": "User-agent: *\nDisallow: /"}, "failed", "robots.txt refuses it"),
    ({"redirects": {"/": "http://127.0.0.1:9/"}}, "failed", "is not on the shop's host"),
]


@pytest.mark.parametrize(("faults", "state", "reason"), FIRST_PAGE_FAULTS)
def test_without_a_first_page_nothing_is_stored(
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


def test_a_product_page_that_leads_off_the_host_is_a_problem(crawl: Crawl, shop: Shop) -> None:
    neighbour = Shop(shop.stock[:1])
    with serving(neighbour) as other:
        shop.faults.redirects[shop.stock[0].path] = f"{other}catalogue/x.html"
        report = crawl()

    assert (report.counts.failed, report.counts.created) == (1, 44)
    assert not neighbour.requests


def test_pages_that_never_end_or_never_come(crawl: Crawl, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "PAGE_TIMEOUT", 0.3)
    monkeypatch.setattr(fetcher, "READ_TIMEOUT", 0.3)
    shop.faults.endless.add(shop.stock[0].path)
    shop.faults.hanging.add(shop.stock[1].path)

    report = crawl()

    assert (report.counts.failed, report.counts.created) == (2, 43)


def test_two_pages_with_one_upc_are_told_and_the_first_counts(crawl: Crawl, shop: Shop) -> None:
    first, second = shop.stock[:2]
    page = shop._html(second.path)
    assert page is not None
    shop.faults.bodies[second.path] = page.replace(second.upc, first.upc).encode()

    report = crawl()

    assert (report.counts.created, report.counts.failed) == (44, 1)
    assert "is the identity of" in report.problems[0].message
    assert adds_up(report)


@pytest.mark.parametrize("order", [{}, {"max_age": EVERY_PAGE}])
def test_a_book_that_is_shown_twice_on_a_page_is_one(
    crawl: Crawl, shop: Shop, settings: Settings, order: dict[str, Any]
) -> None:
    settings.GATES = replace(settings.GATES, max_unreadable=0.05)
    crawl()
    shop.stock[5] = shop.stock[4]

    report = crawl(**order)

    assert (report.state, report.counts.seen, report.counts.unchanged) == ("succeeded", 44, 44)
    assert adds_up(report)
    assert Book.objects.exclude(missing_since=None).count() == 0  # one book is not seen, so the list was not


@pytest.mark.parametrize("is_curated", [True, False])
def test_a_listed_book_is_not_missing_whatever_its_own_address(
    crawl: Crawl, shop: Shop, settings: Settings, is_curated: bool
) -> None:
    settings.GATES = replace(settings.GATES, max_unreadable=0.05)
    path = shop.stock[3].path
    if not is_curated:
        shop.faults.bodies["/elsewhere.html"] = (shop._html(path) or "").replace("../../", "/").encode()
        shop.faults.redirects[path] = "/elsewhere.html"
    crawl()
    Book.objects.filter(upc=shop.stock[3].upc).update(product_url="https://example.org/our-own-link")
    shop.faults.redirects.clear()
    shop.faults.statuses[path] = 500

    report = crawl(max_age=EVERY_PAGE)

    assert (report.state, report.counts.failed, report.counts.missing) == ("succeeded", 1, 0)


def test_an_empty_shop_is_suspicious(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.vanished.update(book.upc for book in shop.stock)

    report = crawl()

    assert (report.state, Book.objects.count()) == ("rejected", 45)
    assert "lists no books" in (report.reason or "")


def test_a_listing_page_that_shows_another_s_books_is_a_problem(crawl: Crawl, shop: Shop) -> None:
    shop.faults.redirects["/catalogue/page-2.html"] = "/index.html"

    report = crawl()

    assert (report.state, report.counts.created) == ("rejected", 25)
    assert report.problems[0].field == "books"


def test_a_page_cut_off_in_its_stock_changes_nothing(crawl: Crawl, shop: Shop) -> None:
    crawl()
    before = stored()
    path = shop.stock[0].path
    page = shop._html(path) or ""
    shop.faults.bodies[path] = page[: page.rindex("<td>In stock") + len("<td>In stock")].encode()

    assert crawl(max_age=EVERY_PAGE).counts.failed == 1
    assert stored() == before
