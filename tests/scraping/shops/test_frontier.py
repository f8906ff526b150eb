"""The order in which pages are read, and the nights of a first pass."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.db.bulk import insert
from core.db.row_sources import Row
from scraping.models import Shop, ShopPage
from scraping.shops.found_pages import store_found_pages
from scraping.shops.frontier import FirstPass, choose_pages, count_first_pass_nights
from tests.scraping.shops.frontier_pages import find, make_page, make_sitemap_shop

HOUR = timedelta(hours=1)
Priority = ShopPage.Priority


@pytest.fixture
def shop(db: None) -> Shop:
    return make_sitemap_shop()


def make_due_page(shop: Shop, number: int, priority: int, hours: int) -> ShopPage:
    """Due since, or (negative) in some hours."""
    return make_page(shop, number, priority=priority, due_at=timezone.now() - hours * HOUR)


def list_numbers(pages: list[ShopPage]) -> list[int]:
    return [int(page.url.rpartition("/")[2]) for page in pages]


def test_due_pages_in_the_order_of_priority_and_time(shop: Shop) -> None:
    make_due_page(shop, 1, Priority.READ, 90)
    make_due_page(shop, 2, Priority.READ, 99)
    make_due_page(shop, 3, Priority.NEW, 2)
    make_due_page(shop, 4, Priority.NEW, 2_000)
    make_due_page(shop, 5, Priority.CHANGED, 1)
    make_due_page(shop, 6, Priority.TRACKED, 1)
    make_due_page(shop, 7, Priority.TRACKED, -1)
    make_due_page(shop, 8, Priority.NEW, -1)
    make_due_page(make_sitemap_shop("other.example"), 9, Priority.TRACKED, 1)

    assert list_numbers(choose_pages(shop, 100)) == [6, 5, 4, 3, 2, 1]
    assert list_numbers(choose_pages(shop, 3)) == [6, 5, 4]
    assert choose_pages(shop, 0) == []


def test_pages_due_at_the_same_time_are_read_in_the_order_of_their_rows(shop: Shop) -> None:
    store_found_pages(shop, [find(number) for number in (3, 1, 2)], now=timezone.now())

    pages = choose_pages(shop, 3)

    assert [page.pk for page in pages] == sorted(page.pk for page in pages)


@pytest.mark.parametrize(
    ("pages", "delay", "per_night", "text"),
    [
        (12_000, 1.0, 500, "12,000 pages to read, 500 a night: 24 nights"),
        (12_001, 1.0, 500, "12,001 pages to read, 500 a night: 25 nights"),
        (1, 1.0, 500, "1 page to read, 500 a night: 1 night"),
        (90_000, 1.0, 90_000, "90,000 pages to read, 86,400 a night: 2 nights (a delay of 1 seconds permits no more)"),
        (1_000_000, 0.0, 100_000, "1,000,000 pages to read, 100,000 a night: 10 nights"),
        (10, 100_000.0, 500, "10 pages to read, 1 a night: 10 nights (a delay of 100000 seconds permits no more)"),
        (0, 1.0, 500, "Every known page has been read, or waits after an error."),
    ],
)  # fmt: skip
def test_the_nights_of_a_first_pass(pages: int, delay: float, per_night: int, text: str) -> None:
    assert str(FirstPass(pages=pages, delay=delay, pages_per_night=per_night)) == text


def test_only_pages_that_were_never_read_count(shop: Shop) -> None:
    make_due_page(shop, 1, Priority.READ, 90)
    make_due_page(shop, 2, Priority.TRACKED, 1)
    make_due_page(shop, 3, Priority.NEW, -24)  # after an error
    make_due_page(shop, 4, Priority.NEW, 1)
    shop.delay, shop.pages_per_night = 10, 300

    assert count_first_pass_nights(shop) == FirstPass(pages=1, delay=10, pages_per_night=300)


def test_a_longer_crawl_delay_counts(shop: Shop) -> None:
    shop.delay, shop.robots = 1, {"shop.example:80": "User-agent: *\nCrawl-delay: 20", "www.shop.example:80": ""}

    assert count_first_pass_nights(shop).delay == 20


@pytest.fixture
def many_pages(shop: Shop) -> int:
    """A large frontier: most pages were read and are not due. Returns the number of the new pages."""
    columns = ["shop", "key", "url", "priority", "due_at", "state", "reason", "failures", "sources"]
    now = timezone.now()
    rows: list[Row] = []
    for number in range(20_000):
        is_new = number % 100 == 0
        order = (Priority.NEW.value, now - HOUR) if is_new else (Priority.READ.value, now + HOUR)
        rows.append((shop.pk, f"{number:040}", f"https://shop.example/book/{number}", *order, "read", "", 0, {}))
    insert(ShopPage, columns, rows)
    if connection.vendor == "postgresql":
        connection.cursor().execute(f"ANALYZE {ShopPage._meta.db_table}")
    return 200


@pytest.mark.usefixtures("many_pages")
def test_pages_are_chosen_along_the_index(shop: Shop) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        choose_pages(shop, 500)

    plans = [explain(query["sql"]) for query in captured.captured_queries]
    assert len(plans) == 4
    for plan in plans:
        assert "shop_page_order" in plan, plan
        assert "Seq Scan" not in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan


def explain(sql: str) -> str:
    prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{prefix} {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())


def test_pages_that_are_not_due_are_not_counted(shop: Shop, many_pages: int) -> None:
    assert count_first_pass_nights(shop).pages == many_pages
