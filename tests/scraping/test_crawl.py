"""Whole crawls: a shop on loopback, a database, everything between."""

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from books.models import Book, Category, PriceObservation
from scraping import fetcher, harvest, runs
from scraping.models import ListingState, ScrapeRun
from scraping.report import Counts, ScrapeReport
from tests.conftest import Crawl
from tests.factories import make_book
from tests.shop.app import Shop
from tests.shop.server import serving

pytestmark = pytest.mark.django_db
EVERY_PAGE = timedelta(0)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "_backoff", lambda state: 0.01)


def adds_up(report: ScrapeReport) -> bool:
    counts = report.counts
    return counts.seen == counts.created + counts.updated + counts.unchanged + counts.held + counts.failed


def stored() -> list[dict[str, Any]]:
    return [dict(row) for row in Book.objects.order_by("pk").values()]


def test_a_first_crawl_stores_what_the_shop_sells(crawl: Crawl, shop: Shop, shop_url: str) -> None:
    progress: list[tuple[int, int]] = []

    report = crawl(progress=lambda done, total: progress.append((done, total)))

    assert (report.state, report.reason, report.problems) == ("succeeded", None, [])
    assert report.counts == Counts(requests=49, seen=45, created=45)  # robots.txt, 3 listing pages, 45 books
    assert progress[-1] == (45, 45)
    for sold in shop.stock:
        book = Book.objects.select_related("category").get(upc=sold.upc)
        assert book.category is not None
        assert (book.source, book.source_key, book.title) == ("books_to_scrape", sold.upc, sold.title)
        assert (book.category.name, book.rating, book.stock) == (sold.category, sold.rating, sold.stock)
        assert (book.price, book.currency, book.in_stock) == (Decimal(sold.price), "GBP", True)
        assert (book.description, book.product_url) == (sold.description, f"{shop_url}{sold.path[1:]}")
    assert PriceObservation.objects.count() == 45
    run = ScrapeRun.objects.get()
    assert (run.pk, run.state, run.trigger, run.created, run.requests) == (report.run, "succeeded", "command", 45, 49)
    assert run.finished_at is not None


def test_a_second_crawl_changes_nothing(crawl: Crawl) -> None:
    crawl()
    before = stored()

    assert crawl().counts == Counts(requests=4, seen=45, unchanged=45)
    assert crawl(max_age=EVERY_PAGE).counts == Counts(requests=49, seen=45, unchanged=45)
    assert stored() == before
    assert PriceObservation.objects.count() == 45


def test_a_changed_price_is_updated_and_observed_once(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.prices[shop.stock[7].upc] = "49.99"

    report = crawl()

    assert (report.counts.updated, report.counts.unchanged) == (1, 44)
    book = Book.objects.get(upc=shop.stock[7].upc)
    assert book.price == Decimal("49.99")
    assert book.observations.count() == 2
    assert crawl().counts.unchanged == 45
    assert book.observations.count() == 2


def test_a_book_that_the_shop_no_longer_lists_is_missing_until_it_is_back(crawl: Crawl, shop: Shop) -> None:
    crawl()
    gone = shop.stock[5].upc
    shop.faults.vanished.add(gone)

    assert crawl().counts.missing == 1
    since = Book.objects.get(upc=gone).missing_since
    assert since is not None
    assert crawl().counts.missing == 0
    assert list(Book.objects.exclude(missing_since=None).values_list("upc", "missing_since")) == [(gone, since)]
    shop.faults.vanished.clear()
    assert crawl().counts.updated == 1
    assert not Book.objects.exclude(missing_since=None).exists()


def test_an_incomplete_run_marks_nothing_missing(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.vanished.add(shop.stock[44].upc)

    assert crawl(limit=20).counts.missing == 0
    assert crawl(dry_run=True).counts.missing == 0
    assert not Book.objects.exclude(missing_since=None).exists()


def test_a_listed_book_that_cannot_be_read_is_not_missing(crawl: Crawl, shop: Shop, settings: Settings) -> None:
    settings.GATES = replace(settings.GATES, max_unreadable=0.1)
    crawl()
    shop.faults.statuses[shop.stock[3].path] = 404

    report = crawl(max_age=EVERY_PAGE)

    assert (report.state, report.counts.failed, report.counts.missing) == ("succeeded", 1, 0)


def test_a_vanished_book_stays(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.vanished.add(shop.stock[0].upc)

    assert crawl().counts.seen == 44
    assert Book.objects.filter(upc=shop.stock[0].upc).exists()


def test_books_of_other_sources_are_left_alone(crawl: Crawl, shop: Shop) -> None:
    ours = make_book(title="Ours", source_key=shop.stock[0].upc)

    crawl()

    ours.refresh_from_db()
    assert ours.title == "Ours"
    assert Book.objects.count() == 46


@pytest.mark.parametrize(("limit", "requests"), [(1, 3), (20, 22), (21, 24), (1000, 49)])
def test_a_limit_asks_for_no_more_than_it_needs(crawl: Crawl, limit: int, requests: int) -> None:
    report = crawl(limit=limit)

    assert report.succeeded
    assert (report.counts.created, report.counts.requests) == (min(limit, 45), requests)


def test_a_dry_run_says_what_would_be_and_writes_nothing(crawl: Crawl, shop: Shop) -> None:
    crawl(limit=20)
    shop.faults.prices[shop.stock[3].upc] = "41.00"
    before = stored()

    report = crawl(dry_run=True)

    assert (report.counts.created, report.counts.updated, report.counts.unchanged) == (25, 1, 19)
    assert (report.run, stored(), ScrapeRun.objects.count()) == (None, before, 1)
    assert Category.objects.count() == len({book.category for book in shop.stock[:20]})


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


def test_a_stop_keeps_what_was_read(crawl: Crawl) -> None:
    stop = threading.Event()

    report = crawl(stop=stop, progress=lambda done, total: stop.set() if done == 10 else None)

    assert report.state == ScrapeRun.objects.get().state == "interrupted"
    assert 10 <= report.counts.created == Book.objects.count() < 45
    assert crawl().counts.seen == 45


def test_a_bug_leaves_no_run_running(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(harvest, "ingest", broken)
    with pytest.raises(ZeroDivisionError):
        crawl()

    run = ScrapeRun.objects.get()
    assert (run.state, run.reason) == ("failed", "ZeroDivisionError: a bug")


def test_a_database_that_refuses_is_one_line(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise OperationalError("database or disk is full\nmore")

    monkeypatch.setattr(harvest, "ingest", broken)

    report = crawl()

    assert (report.state, report.reason) == ("failed", "database or disk is full")


def test_a_run_that_was_taken_over_writes_no_more(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runs, "HEARTBEAT", timedelta(0))

    def take_over(done: int, total: int) -> None:
        ScrapeRun.objects.update(state="interrupted")

    with caplog.at_level(logging.INFO):
        report = crawl(progress=take_over)

    assert report.state == "interrupted"
    assert "took its place" in (report.reason or "")
    assert not Book.objects.exists()


def test_a_run_that_was_taken_over_while_it_was_judged_writes_nothing(
    crawl: Crawl, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl()
    before = stored()
    listings = list(ListingState.objects.values())
    shop.faults.prices[shop.stock[3].upc] = "31.41"
    shop.faults.vanished.add(shop.stock[4].upc)

    def judge(*_: object) -> None:
        ScrapeRun.objects.filter(state="running").update(state="interrupted")

    monkeypatch.setattr("scraping.crawl.why_rejected", judge)

    assert crawl().state == "interrupted"
    assert stored() == before
    assert ListingState.objects.count() == len(listings)


def test_a_run_that_learns_that_it_was_taken_over_leaves_the_listing_alone(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl()
    listings = list(ListingState.objects.order_by("pk").values())
    monkeypatch.setattr(runs, "HEARTBEAT", timedelta(0))

    crawl(progress=lambda done, total: ScrapeRun.objects.filter(state="running").update(state="interrupted"))

    assert list(ListingState.objects.order_by("pk").values()) == listings


def test_what_was_read_is_kept_every_few_seconds(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest, "FLUSH_SECONDS", 0.0)
    kept = []

    crawl(progress=lambda done, total: kept.append(Book.objects.count()))

    assert len(set(kept)) > 10


def test_a_listing_page_that_shows_another_s_books_is_a_problem(crawl: Crawl, shop: Shop) -> None:
    shop.faults.redirects["/catalogue/page-2.html"] = "/index.html"

    report = crawl()

    assert (report.state, report.counts.created) == ("rejected", 25)
    assert report.problems[0].field == "books"


def test_a_crawl_starts_at_the_first_page(crawl: Crawl, shop_url: str) -> None:
    report = crawl(url=f"{shop_url}catalogue/page-2.html")

    assert (report.state, report.counts.seen) == ("rejected", 0)
    assert "is not the first page" in (report.reason or "")


def test_a_page_cut_off_in_its_stock_changes_nothing(crawl: Crawl, shop: Shop) -> None:
    crawl()
    before = stored()
    path = shop.stock[0].path
    page = shop._html(path) or ""
    shop.faults.bodies[path] = page[: page.rindex("<td>In stock") + len("<td>In stock")].encode()

    assert crawl(max_age=EVERY_PAGE).counts.failed == 1
    assert stored() == before
