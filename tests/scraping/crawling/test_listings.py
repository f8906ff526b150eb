"""Crawls of a shop whose listing pages fail, repeat books, or state a wrong number of books."""

from dataclasses import replace
from typing import Any

import pytest

from books.models import Book
from tests.fakes.shop.app import Shop
from tests.support.crawls import EVERY_PAGE, FETCH_OPTIONS, THRESHOLDS, Crawl, counts_add_up, read_page

pytestmark = pytest.mark.django_db
TOLERANT = replace(THRESHOLDS, max_unreadable=0.05)  # accepts 2 unreadable pages of 45


def test_failing_listing_page_hides_only_its_own_books(crawl: Crawl, shop: Shop) -> None:
    shop.faults.statuses["/catalogue/page-2.html"] = 500

    report = crawl(thresholds=replace(THRESHOLDS, max_unreadable=0.5))

    assert (report.state, report.counts.created, report.counts.failed) == ("succeeded", 25, 20)
    assert [problem.url.rpartition("/")[2] for problem in report.problems] == ["page-2.html", ""]
    assert report.problems[1].message == "no listing page that could be read shows 20 of the 45 books of the shop"
    assert counts_add_up(report)
    assert crawl().state == "rejected"


def test_unreadable_entry_of_a_listing_costs_that_book(crawl: Crawl, shop: Shop) -> None:
    crawl()
    odd, neighbour = shop.stock[4], shop.stock[5]
    shop.faults.prices[neighbour.upc] = "31.41"
    html = read_page(shop, "/")
    before, pod, after = html.partition(f'title="{odd.title}"')
    shop.faults.bodies["/"] = (before + pod + after.replace("In stock", "Only 2 left", 1)).encode()

    report = crawl()

    assert (report.state, report.counts.seen, report.counts.failed, report.counts.updated) == ("succeeded", 45, 1, 1)
    assert counts_add_up(report)
    (problem,) = report.problems
    assert (problem.url.endswith(odd.path), problem.field) == (True, "in_stock")
    assert Book.objects.filter(missing_since=None).count() == 45


@pytest.mark.parametrize("path", ["/", "/catalogue/page-2.html", "a book"])
def test_empty_page_is_fetched_once_more(crawl: Crawl, shop: Shop, path: str) -> None:
    shop.faults.empty[shop.stock[7].path if path == "a book" else path] = 1

    report = crawl()

    assert (report.state, report.counts.created, report.counts.requests) == ("succeeded", 45, 50)
    assert report.problems == []


def test_false_total_ends_with_the_last_page_that_exists(crawl: Crawl, shop: Shop) -> None:
    html = read_page(shop, "/").replace("45</strong> results", "80000</strong> results").replace("of 3<", "of 4000<")
    shop.faults.bodies["/"] = html.encode()
    for number in (2, 3):
        page = read_page(shop, f"/catalogue/page-{number}.html").replace(
            "45</strong> results", "80000</strong> results"
        )
        shop.faults.bodies[f"/catalogue/page-{number}.html"] = page.encode()

    report = crawl()

    assert report.state == "rejected"
    assert (report.reason or "").startswith("79955 of 80000 books could not be read")
    assert sum(path.startswith("/catalogue/page-") for path in shop.requests) < 2 + FETCH_OPTIONS.connections


def show_later_pages_of(shop: Shop, later: Shop) -> None:
    """Replaces all listing pages but the first, as if the stock changed after the first was read."""
    for path in ("/catalogue/page-2.html", "/catalogue/page-3.html"):
        shop.faults.bodies[path] = read_page(later, path).encode()


@pytest.mark.parametrize(("total", "missing"), [(44, 1), (45, 0)])
def test_no_book_is_missing_if_the_total_changes_while_it_is_read(
    crawl: Crawl, shop: Shop, total: int, missing: int
) -> None:
    crawl()
    shop.faults.delisted.add(shop.stock[5].upc)
    last_page = read_page(shop, "/catalogue/page-3.html").replace("44</strong> results", f"{total}</strong> results")
    shop.faults.bodies["/catalogue/page-3.html"] = last_page.encode()

    report = crawl()

    assert (report.state, report.counts.unchanged, report.counts.missing) == ("succeeded", 44, missing)


def test_book_added_while_the_listing_is_read(crawl: Crawl, shop: Shop) -> None:
    crawl()
    newcomer = replace(shop.stock[0], id=2000, title="A newcomer", upc="feed")
    show_later_pages_of(shop, Shop([newcomer, *shop.stock]))

    report = crawl()

    assert (report.state, report.counts.seen, report.counts.unchanged) == ("succeeded", 45, 45)
    assert (report.counts.missing, report.problems) == (0, [])


def test_book_removed_while_the_listing_is_read(crawl: Crawl, shop: Shop) -> None:
    crawl()
    show_later_pages_of(shop, Shop(shop.stock[1:]))

    report = crawl()

    assert (report.state, report.counts.seen, report.counts.unchanged) == ("succeeded", 45, 44)
    assert (report.counts.failed, report.counts.missing) == (1, 0)  # book 21 moved to the first page


def test_missing_listing_page_does_not_hide_later_pages(crawl: Crawl, shop: Shop) -> None:
    shop.faults.statuses["/catalogue/page-2.html"] = 404

    report = crawl(thresholds=replace(THRESHOLDS, max_unreadable=0.5))

    assert (report.state, report.counts.created, report.counts.failed) == ("succeeded", 25, 20)


@pytest.mark.parametrize("options", [{}, {"max_age": EVERY_PAGE}])
def test_book_listed_twice_on_a_page_counts_once(crawl: Crawl, shop: Shop, options: dict[str, Any]) -> None:
    crawl(thresholds=TOLERANT)
    shop.stock[5] = shop.stock[4]

    report = crawl(thresholds=TOLERANT, **options)

    assert (report.state, report.counts.failed, report.counts.unchanged) == ("succeeded", 1, 44)
    assert counts_add_up(report)
    assert not Book.objects.exclude(missing_since=None).exists()  # 44 of 45 entries are not the whole listing


def test_empty_shop_is_rejected(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.faults.delisted.update(book.upc for book in shop.stock)

    report = crawl()

    assert (report.state, Book.objects.count()) == ("rejected", 45)
    assert "lists no books" in (report.reason or "")


def test_listing_page_with_the_books_of_another_is_a_problem(crawl: Crawl, shop: Shop) -> None:
    """The first rejected run may end before the third page is read: it states the books known to be lost by then."""
    shop.faults.redirects["/catalogue/page-2.html"] = "/index.html"
    rejected = crawl()

    report = crawl(thresholds=replace(THRESHOLDS, max_unreadable=0.5))

    assert (rejected.state, rejected.problems[0].field) == ("rejected", "books")
    assert (report.state, report.counts.created, report.counts.failed) == ("succeeded", 25, 20)
    assert report.problems[0].message == "shows a part of the listing that another page shows too"
