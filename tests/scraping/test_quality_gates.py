"""A run is either right or it changes nothing that it should not."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from books.models import Book, PriceObservation
from books.models.price import HeldPrice
from scraping.fetching import fetcher
from scraping.models import PageState, ScrapeProblem, ScrapeRun
from scraping.quality_gates import Gates, Sight, why_rejected
from scraping.report import ScrapeReport
from tests.conftest import Crawl
from tests.fakes.shop.app import Shop

EVERY_PAGE = timedelta(0)
GATES = Gates()
GOOD = Sight(listed=1000, wanted=1000, fill={"title": 1.0, "price": 1.0, "upc": 1.0, "rating": 1.0}, is_complete=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"lost": 20}, None),
        ({"lost": 21}, "21 of 1000 books could not be read, more than 2%"),
        ({"listed": 800}, None),
        ({"listed": 799}, "the shop lists 799 books, less than 80% of the 1000 of the last good run"),
        ({"doubles": 1}, "1 pages show a UPC that another page shows too"),
        ({"fill": {**GOOD.fill, "price": 0.98}}, "2% of the books have no price, more than 1%"),
        ({"fill": {**GOOD.fill, "rating": 0.9}}, None),
        ({"fill": {**GOOD.fill, "rating": 0.85}}, "85% of the books have rating; it was 100% in the last good run"),
        ({"fill": {**GOOD.fill, "rating": 0.5}, "is_complete": False}, None),
    ],
)
def test_each_gate(changes: dict[str, Any], words: str | None) -> None:
    assert why_rejected(replace(GOOD, **changes), GOOD, GATES) == words


def test_a_first_crawl_has_no_history_to_be_held_to() -> None:
    assert why_rejected(replace(GOOD, listed=3, wanted=3), None, GATES) is None


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "_backoff", lambda state: 0.01)


def stored() -> list[dict[str, Any]]:
    return [dict(row) for table in (Book, PriceObservation, HeldPrice) for row in table.objects.order_by("pk").values()]


def staged() -> int:
    return PageState.objects.filter(run__isnull=False).count()


def adds_up(report: ScrapeReport) -> bool:
    counts = report.counts
    return counts.seen == counts.created + counts.updated + counts.unchanged + counts.held + counts.failed


def redesign(shop: Shop) -> None:
    shop.faults.renamed_classes = True


def half_the_listing(shop: Shop) -> None:
    shop.faults.vanished |= {book.upc for book in shop.stock[::2]}


def half_the_listing_pages(shop: Shop) -> None:
    shop.faults.statuses["/catalogue/page-2.html"] = 404


def every_tenth(shop: Shop) -> None:
    shop.faults.every_tenth_fails = True


@pytest.mark.parametrize("break_shop", [redesign, half_the_listing, half_the_listing_pages, every_tenth])
def test_a_run_that_is_not_right_changes_nothing(crawl: Crawl, shop: Shop, break_shop: Any) -> None:
    crawl()
    before = stored()
    for book in shop.stock[:20]:
        shop.faults.prices[book.upc] = "31.41"
    break_shop(shop)

    report = crawl(max_age=EVERY_PAGE)

    assert (report.state, stored()) == ("rejected", before)
    assert adds_up(report)
    assert ScrapeRun.objects.latest("pk").reason == report.reason
    assert staged() == 0


def test_a_limited_run_is_no_measure_for_a_whole_one(crawl: Crawl, shop: Shop) -> None:
    crawl()
    assert crawl(limit=5).succeeded
    before = stored()
    shop.stock[:] = [replace(book, described=False) for book in shop.stock]

    report = crawl(is_full=True)

    assert (report.state, stored()) == ("rejected", before)
    assert "have description; it was" in (report.reason or "")


def test_a_run_that_lost_a_few_books_is_a_measure_all_the_same(crawl: Crawl, shop: Shop, settings: Settings) -> None:
    crawl()
    settings.GATES = replace(settings.GATES, max_unreadable=0.05)
    shop.faults.statuses[shop.stock[3].path] = 404
    assert crawl(is_full=True).succeeded
    shop.stock[:] = [replace(book, described=False) for book in shop.stock]

    assert crawl(is_full=True).state == "rejected"


def test_a_later_run_changes_the_catalogue_only_at_its_end(crawl: Crawl, shop: Shop) -> None:
    crawl()
    before = stored()
    for book in shop.stock:
        shop.faults.prices[book.upc] = "31.41"
    seen = []

    report = crawl(progress=lambda done, total: seen.append(Book.objects.filter(price="31.41").count()))

    assert set(seen) == {0}
    assert (report.counts.updated + report.counts.held, report.counts.unchanged) == (45, 0)
    assert stored() != before
    assert adds_up(report)
    assert staged() == 0


def stopped_after(crawl: Crawl, books: int, **order: Any) -> ScrapeReport:
    stop = threading.Event()
    return crawl(stop=stop, progress=lambda done, total: stop.set() if done >= books else None, **order)


@pytest.mark.parametrize("validates", [True, False])
def test_what_an_interrupted_run_read_is_not_fetched_again(crawl: Crawl, shop: Shop, validates: bool) -> None:
    shop.validates = validates
    crawl()
    before = stored()
    shop.faults.prices[shop.stock[0].upc] = "31.41"
    interrupted = stopped_after(crawl, 20, max_age=EVERY_PAGE)
    assert (interrupted.state, stored()) == ("interrupted", before)
    assert adds_up(interrupted)
    shop.requests.clear()

    report = crawl(max_age=EVERY_PAGE)

    pages = sum(number for path, number in shop.requests.items() if path in {book.path for book in shop.stock})
    assert pages == 45 - interrupted.counts.seen
    assert (report.counts.updated, report.counts.unchanged) == (1, 44)
    assert crawl().counts.unchanged == 45


def test_what_was_read_long_ago_is_fetched_again(crawl: Crawl, shop: Shop) -> None:
    crawl()
    stopped_after(crawl, 20, max_age=EVERY_PAGE)
    PageState.objects.update(read_at=timezone.now() - timedelta(hours=2))
    shop.requests.clear()

    crawl(max_age=EVERY_PAGE)

    assert all(shop.requests[book.path] == 1 for book in shop.stock)


def test_odd_prices_are_held_and_the_counts_add_up(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.prices |= {shop.stock[3].upc: "0.01", shop.stock[4].upc: "0.00", shop.stock[5].upc: "31.41"}

    report = crawl()

    assert (report.counts.held, report.counts.updated, report.counts.unchanged) == (2, 1, 42)
    assert adds_up(report)
    assert HeldPrice.objects.waiting().count() == 2


def test_a_run_keeps_its_last_problems(crawl: Crawl, shop: Shop) -> None:
    shop.faults.statuses[shop.stock[3].path] = 404

    report = crawl()

    (problem,) = ScrapeProblem.objects.all()
    assert (problem.run_id, problem.url.endswith(shop.stock[3].path), problem.message) == (
        report.run,
        True,
        "answered 404",
    )
