"""Whole crawls of the fake shop into a database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from books.models import Book, Category, PriceObservation
from scraping.management.commands.scrape_books import format_summary
from scraping.models import ScrapeRun
from scraping.report import Counts
from tests.fakes.shop.app import Shop
from tests.support.crawls import EVERY_PAGE, THRESHOLDS, Crawl, load_catalogue
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db


def test_first_crawl_stores_every_book(crawl: Crawl, shop: Shop, shop_url: str) -> None:
    progress: list[tuple[int, int]] = []

    report = crawl(progress=lambda done, total: progress.append((done, total)))

    assert (report.state, report.reason, report.problems) == ("succeeded", None, [])
    assert report.counts == Counts(requests=49, seen=45, created=45)  # robots.txt, 3 listing pages, 45 books
    assert progress[-1] == (45, 45)
    for product in shop.stock:
        book = Book.objects.select_related("category").get(upc=product.upc)
        assert book.category is not None
        assert (book.source, book.source_key, book.title) == ("books_to_scrape", product.upc, product.title)
        assert (book.category.name, book.rating, book.stock) == (product.category, product.rating, product.stock)
        assert (book.price, book.currency, book.in_stock) == (Decimal(product.price), "GBP", True)
        assert (book.description, book.product_url) == (product.description, f"{shop_url}{product.path[1:]}")
    assert PriceObservation.objects.count() == 45
    run = ScrapeRun.objects.get()
    assert (run.pk, run.state, run.trigger, run.created, run.requests) == (report.run, "succeeded", "command", 45, 49)
    assert run.finished_at is not None


def test_second_crawl_changes_nothing(crawl: Crawl) -> None:
    crawl()
    before = load_catalogue()

    assert crawl().counts == Counts(requests=4, seen=45, unchanged=45)
    assert crawl(max_age=EVERY_PAGE).counts == Counts(requests=49, seen=45, unchanged=45)
    assert load_catalogue() == before
    assert PriceObservation.objects.count() == 45


def test_changed_price_is_updated_and_observed_once(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.prices[shop.stock[7].upc] = "49.99"

    report = crawl()

    assert (report.counts.updated, report.counts.unchanged) == (1, 44)
    book = Book.objects.get(upc=shop.stock[7].upc)
    assert book.price == Decimal("49.99")
    assert book.observations.count() == 2
    assert crawl().counts.unchanged == 45
    assert book.observations.count() == 2


def test_delisted_book_is_missing_until_it_is_listed_again(crawl: Crawl, shop: Shop) -> None:
    crawl()
    upc = shop.stock[5].upc
    shop.faults.delisted.add(upc)

    assert crawl().counts.missing == 1
    since = Book.objects.get(upc=upc).missing_since
    assert since is not None
    assert crawl().counts.missing == 0
    assert list(Book.objects.exclude(missing_since=None).values_list("upc", "missing_since")) == [(upc, since)]
    shop.faults.delisted.clear()
    assert crawl().counts.updated == 1
    assert not Book.objects.exclude(missing_since=None).exists()


def test_incomplete_run_marks_nothing_missing(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.delisted.add(shop.stock[44].upc)

    assert crawl(limit=20).counts.missing == 0
    assert crawl(dry_run=True).counts.missing == 0
    assert not Book.objects.exclude(missing_since=None).exists()


def test_listed_unreadable_book_is_not_missing(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.statuses[shop.stock[3].path] = 404

    report = crawl(max_age=EVERY_PAGE, thresholds=replace(THRESHOLDS, max_unreadable=0.1))

    assert (report.state, report.counts.failed, report.counts.missing) == ("succeeded", 1, 0)


def test_delisted_book_is_not_deleted(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.delisted.add(shop.stock[0].upc)

    assert crawl().counts.seen == 44
    assert Book.objects.filter(upc=shop.stock[0].upc).exists()


def test_books_of_other_sources_are_not_changed(crawl: Crawl, shop: Shop) -> None:
    manual = make_book(title="Ours", source_key=shop.stock[0].upc)

    crawl()

    manual.refresh_from_db()
    assert manual.title == "Ours"
    assert Book.objects.count() == 46


@pytest.mark.parametrize(("limit", "requests"), [(1, 3), (20, 22), (21, 24), (1000, 49)])
def test_limit_avoids_unnecessary_requests(crawl: Crawl, limit: int, requests: int) -> None:
    report = crawl(limit=limit)

    assert report.succeeded
    assert (report.counts.created, report.counts.requests) == (min(limit, 45), requests)


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_report_names_the_price_changes(crawl: Crawl, shop: Shop, *, dry_run: bool) -> None:
    assert crawl().counts.price_changes.count == 0
    small, large = shop.stock[3], shop.stock[7]
    for book, factor in ((small, Decimal("0.9")), (large, Decimal("1.5"))):
        shop.faults.prices[book.upc] = f"{Decimal(book.price) * factor:.2f}"

    report = crawl(dry_run=dry_run)

    assert (report.run is None) is dry_run
    changes = report.as_json()["price_changes"]
    assert changes["count"] == 2
    assert [each["title"] for each in changes["largest"]] == [large.title, small.title]
    assert (changes["largest"][0]["previous_price"], changes["largest"][0]["currency"]) == (large.price, "GBP")
    assert format_summary(report).splitlines()[1] == "2 price changes:"
    if report.run is not None:
        run = ScrapeRun.objects.get(pk=report.run)
        assert (run.price_changes, run.largest_changes) == (2, changes["largest"])


def test_dry_run_counts_changes_and_writes_nothing(crawl: Crawl, shop: Shop) -> None:
    crawl(limit=20)
    shop.faults.prices[shop.stock[3].upc] = "41.00"
    before = load_catalogue()

    report = crawl(dry_run=True)

    assert (report.counts.created, report.counts.updated, report.counts.unchanged) == (25, 1, 19)
    assert (report.run, load_catalogue(), ScrapeRun.objects.count()) == (None, before, 1)
    assert Category.objects.count() == len({book.category for book in shop.stock[:20]})


def test_crawl_must_start_at_the_first_page(crawl: Crawl, shop_url: str) -> None:
    report = crawl(url=f"{shop_url}catalogue/page-2.html")

    assert (report.state, report.counts.seen) == ("rejected", 0)
    assert "is not the first page" in (report.reason or "")
