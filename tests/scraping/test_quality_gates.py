"""A run that fails a quality gate does not change the catalogue."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from books.models import Book
from books.models.price import HeldPrice
from scraping.models import PageState, ScrapeProblem, ScrapeRun
from scraping.quality_gates import CrawlSummary, GoodRun, find_rejection_reason
from tests.fakes.shop.app import Shop
from tests.support.crawls import (
    EVERY_PAGE,
    THRESHOLDS,
    Crawl,
    counts_add_up,
    load_catalogue,
    stop_after,
)

FILL = {"title": 1.0, "price": 1.0, "upc": 1.0, "rating": 1.0}
LAST_GOOD = GoodRun(listed=1000, fill=FILL, is_unlimited=True)
FILLED = dict.fromkeys(FILL, 1000)
GOOD = CrawlSummary(listed=1000, expected=1000, read=1000, filled=FILLED, is_unlimited=True)
GATES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"failed": 20}, None),
    ({"failed": 21}, "21 of 1000 books could not be read; the limit is 2%."),
    ({"listed": 800}, None),
    ({"listed": 799}, "The shop lists 799 books; the minimum is 80% of the 1000 books of the last good run."),
    ({"filled": {**FILLED, "price": 990}}, None),
    ({"filled": {**FILLED, "price": 989}}, "11 of 1000 books have no price; the limit is 1%."),
    ({"filled": {**FILLED, "upc": 950}}, None),
    ({"filled": {**FILLED, "rating": 900}}, None),
    (
        {"filled": {**FILLED, "rating": 850}},
        "85% of the books have the field rating; in the last good run it was 100%.",
    ),
    ({"filled": {**FILLED, "rating": 500}, "is_unlimited": False}, None),
]


@pytest.mark.parametrize(("changes", "reason"), GATES)
def test_each_gate(changes: dict[str, Any], reason: str | None) -> None:
    assert find_rejection_reason(replace(GOOD, **changes), LAST_GOOD, THRESHOLDS) == reason


def test_first_run_is_not_compared() -> None:
    assert find_rejection_reason(replace(GOOD, listed=3, expected=3), None, THRESHOLDS) is None


@pytest.mark.parametrize("books", [1, 30, 100, 10_000])
def test_exactly_the_threshold_is_accepted(books: int) -> None:
    share = books // 100 or 1  # one book is accepted in every shop
    summary = CrawlSummary(
        listed=books, expected=books, failed=books // 50, read=books, filled={"title": books, "price": books - share},
        is_unlimited=True,
    )  # fmt: skip

    assert find_rejection_reason(summary, None, THRESHOLDS) is None


def test_two_of_thirty_books_are_too_many() -> None:
    filled = {"title": 30, "price": 28}
    summary = CrawlSummary(listed=30, expected=30, read=30, filled=filled, is_unlimited=True)

    assert find_rejection_reason(summary, None, THRESHOLDS) == "2 of 30 books have no price; the limit is 1%."


def count_staged_pages() -> int:
    return PageState.objects.filter(run__isnull=False).count()


def redesign(shop: Shop) -> None:
    shop.faults.renamed_classes = True


def delist_half(shop: Shop) -> None:
    shop.faults.delisted |= {book.upc for book in shop.stock[::2]}


def break_one_listing_page(shop: Shop) -> None:
    shop.faults.statuses["/catalogue/page-2.html"] = 404


def break_every_tenth_page(shop: Shop) -> None:
    shop.faults.every_tenth_fails = True


@pytest.mark.django_db
@pytest.mark.parametrize("break_shop", [redesign, delist_half, break_one_listing_page, break_every_tenth_page])
def test_rejected_run_changes_nothing(crawl: Crawl, shop: Shop, break_shop: Callable[[Shop], None]) -> None:
    crawl()
    before = load_catalogue()
    for book in shop.stock[:20]:
        shop.faults.prices[book.upc] = "31.41"
    break_shop(shop)

    report = crawl(max_age=EVERY_PAGE)

    assert (report.state, load_catalogue()) == ("rejected", before)
    assert counts_add_up(report)
    assert report.counts.staged == report.as_json()["counts"]["unchanged"]
    assert ScrapeRun.objects.latest("pk").reason == report.reason
    assert count_staged_pages() == 0


@pytest.mark.django_db
def test_limited_run_is_not_compared_with_a_whole_one(crawl: Crawl, shop: Shop) -> None:
    crawl()
    assert crawl(limit=5).succeeded
    before = load_catalogue()
    shop.stock[:] = [replace(book, described=False) for book in shop.stock]

    report = crawl(is_full=True)

    assert (report.state, load_catalogue()) == ("rejected", before)
    assert "have the field description; in the last good run" in (report.reason or "")


@pytest.mark.django_db
def test_run_with_a_few_unreadable_books_is_compared(crawl: Crawl, shop: Shop) -> None:
    tolerant = replace(THRESHOLDS, max_unreadable=0.05)
    crawl()
    shop.faults.statuses[shop.stock[3].path] = 404
    assert crawl(is_full=True, thresholds=tolerant).succeeded
    shop.stock[:] = [replace(book, described=False) for book in shop.stock]

    assert crawl(is_full=True, thresholds=tolerant).state == "rejected"


@pytest.mark.django_db
def test_later_run_changes_the_catalogue_only_at_its_end(crawl: Crawl, shop: Shop) -> None:
    crawl()
    before = load_catalogue()
    for book in shop.stock:
        shop.faults.prices[book.upc] = "31.41"
    updated_counts = set()

    report = crawl(progress=lambda done, total: updated_counts.add(Book.objects.filter(price="31.41").count()))

    assert updated_counts == {0}
    assert (report.counts.updated + report.counts.held, report.counts.unchanged) == (45, 0)
    assert load_catalogue() != before
    assert counts_add_up(report)
    assert count_staged_pages() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("sends_etags", [True, False])
def test_pages_of_an_interrupted_run_are_not_fetched_again(crawl: Crawl, shop: Shop, sends_etags: bool) -> None:
    shop.sends_etags = sends_etags
    crawl()
    before = load_catalogue()
    shop.faults.prices[shop.stock[0].upc] = "31.41"
    interrupted = stop_after(crawl, 20, max_age=EVERY_PAGE)
    assert (interrupted.state, load_catalogue()) == ("interrupted", before)
    assert counts_add_up(interrupted)
    shop.requests.clear()

    report = crawl(max_age=EVERY_PAGE)

    assert sum(shop.requests[book.path] for book in shop.stock) == 45 - interrupted.counts.seen
    assert (report.counts.updated, report.counts.unchanged) == (1, 44)
    assert crawl().counts.unchanged == 45


@pytest.mark.django_db
def test_staged_pages_older_than_an_hour_are_fetched_again(crawl: Crawl, shop: Shop) -> None:
    crawl()
    stop_after(crawl, 20, max_age=EVERY_PAGE)
    PageState.objects.update(read_at=timezone.now() - timedelta(hours=2))
    shop.requests.clear()

    crawl(max_age=EVERY_PAGE)

    assert all(shop.requests[book.path] == 1 for book in shop.stock)


@pytest.mark.django_db
def test_implausible_prices_are_held_and_counted(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.prices |= {shop.stock[3].upc: "0.01", shop.stock[4].upc: "0.00", shop.stock[5].upc: "31.41"}

    report = crawl()

    assert (report.counts.held, report.counts.updated, report.counts.unchanged) == (2, 1, 42)
    assert counts_add_up(report)
    assert HeldPrice.objects.pending().count() == 2


@pytest.mark.django_db
def test_problems_are_stored_with_the_run(crawl: Crawl, shop: Shop) -> None:
    shop.faults.statuses[shop.stock[3].path] = 404

    report = crawl()

    problem = ScrapeProblem.objects.get()
    assert (problem.run_id, problem.field, problem.message) == (report.run, None, "returned status 404")
    assert problem.url.endswith(shop.stock[3].path)
