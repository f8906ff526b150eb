"""Nightly slices: the pages read, their order, and the workers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from books.models import Book
from books.staff_events import StaffEvent, staff_event
from scraping.models import Shop, ShopPage
from scraping.shops import slices, states, tasks
from scraping.shops.identity import compute_key
from tests.fakes.structured_shop.app import html_fault
from tests.support.shops import OpenShop

pytestmark = pytest.mark.django_db
PAST = datetime(2026, 1, 1, tzinfo=UTC)


def add_pages(shop: OpenShop, numbers: range, **values: object) -> None:
    for number in numbers:
        url = shop.url(number)
        defaults = {"due_at": PAST + timedelta(hours=number), **values}
        ShopPage.objects.create(shop=shop.row, key=compute_key(url), url=url, **defaults)


def start_night(shop: OpenShop, pages: int = 100) -> Shop:
    Shop.objects.filter(pk=shop.row.pk).update(pages_per_night=pages, night_started_at=None)
    slices.start_nights()
    return Shop.objects.get(pk=shop.row.pk)


def read_night(shop: OpenShop) -> None:
    claimed = slices.claim(shop.row.pk)
    assert claimed is not None
    slices.read_slice(claimed, threading.Event())


def list_read_numbers(shop: OpenShop) -> list[int]:
    return [int(path.rpartition("/")[2]) for path in shop.server.requests if path.startswith("/book/")]


def test_a_night_reads_tracked_then_changed_then_new_then_the_oldest(shop: OpenShop) -> None:
    for number, priority in [(1, 3), (2, 3), (3, 2), (4, 1), (5, 0), (6, 2)]:
        add_pages(shop, range(number, number + 1), priority=priority)
    start_night(shop)

    read_night(shop)

    assert list_read_numbers(shop) == [5, 4, 3, 6, 1, 2]
    assert Book.objects.count() == 6


def test_a_night_ends_after_its_number_of_pages(shop: OpenShop) -> None:
    add_pages(shop, range(1, 8))
    start_night(shop, pages=3)

    read_night(shop)
    tasks.read_shops()

    assert list_read_numbers(shop) == [1, 2, 3]
    assert slices.list_waiting() == []


def test_the_next_night_continues(shop: OpenShop) -> None:
    add_pages(shop, range(1, 8))
    start_night(shop, pages=3)
    read_night(shop)
    start_night(shop, pages=3)
    read_night(shop)

    assert list_read_numbers(shop) == [1, 2, 3, 4, 5, 6]


def test_a_night_begins_at_its_hour(settings: Settings) -> None:
    settings.SHOP_NIGHT_HOUR = 2
    assert slices.find_night(datetime(2026, 5, 3, 2, 0, tzinfo=UTC)) == datetime(2026, 5, 3, 2, tzinfo=UTC)
    assert slices.find_night(datetime(2026, 5, 3, 1, 59, tzinfo=UTC)) == datetime(2026, 5, 2, 2, tzinfo=UTC)


def test_a_night_that_has_begun_does_not_begin_again(shop: OpenShop) -> None:
    start_night(shop, pages=3)
    Shop.objects.update(pages_left=1)

    slices.start_nights()

    assert Shop.objects.get(pk=shop.row.pk).pages_left == 1


def test_a_shop_is_read_by_one_worker_at_a_time(shop: OpenShop) -> None:
    add_pages(shop, range(1, 3))
    start_night(shop)

    assert slices.claim(shop.row.pk) is not None
    assert slices.claim(shop.row.pk) is None
    assert slices.list_waiting() == []


def test_the_lease_of_a_worker_that_died_expires(shop: OpenShop) -> None:
    add_pages(shop, range(1, 3))
    start_night(shop)
    slices.claim(shop.row.pk)
    Shop.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert [each.pk for each in slices.list_waiting()] == [shop.row.pk]
    assert slices.claim(shop.row.pk) is not None


def test_a_new_shop_waits_after_five_products(shop: OpenShop) -> None:
    Shop.objects.update(state=Shop.State.NEW)
    add_pages(shop, range(1, 9))
    start_night(shop)

    read_night(shop)

    assert list_read_numbers(shop) == [1, 2, 3, 4, 5]
    assert not Book.objects.exists()
    assert slices.list_waiting() == []
    states.confirm(Shop.objects.get(pk=shop.row.pk))
    assert Book.objects.count() == 5
    read_night(shop)
    assert Book.objects.count() == 8


def test_a_refusing_shop_is_asked_three_times_and_staff_are_told(shop: OpenShop) -> None:
    events: list[StaffEvent] = []

    def remember(*, event: StaffEvent, **_: object) -> None:
        events.append(event)

    staff_event.connect(remember)
    add_pages(shop, range(1, 9))
    for number in range(1, 9):
        shop.server.faults[f"/book/{number}"] = html_fault("403 Forbidden", "")
    start_night(shop)

    read_night(shop)

    assert list_read_numbers(shop) == [1, 2, 3]
    row = Shop.objects.get(pk=shop.row.pk)
    assert (row.state, row.pages_left) == (Shop.State.PAUSED, 0)
    [event] = events
    assert (event.kind, event.facts["site"]) == (StaffEvent.Kind.SHOP_PAUSED, row.pk)


def test_a_failed_page_is_due_again_later_and_the_others_are_read(shop: OpenShop) -> None:
    add_pages(shop, range(1, 4))
    shop.server.faults["/book/2"] = html_fault("500 Internal Server Error", "")
    start_night(shop)

    read_night(shop)

    failed = ShopPage.objects.get(url=shop.url(2))
    assert (failed.state, failed.failures) == (ShopPage.State.FAILED, 1)
    assert failed.due_at > timezone.now() + timedelta(hours=19)
    assert Book.objects.count() == 2


def test_a_night_first_searches_the_sitemap_for_pages(shop: OpenShop) -> None:
    addresses = "".join(f"<url><loc>{shop.url(number)}</loc></url>" for number in (1, 2))
    other = f"<url><loc>{shop.address}/about</loc></url>"
    shop.server.faults["/sitemap.xml"] = html_fault("200 OK", f"<urlset>{addresses}{other}</urlset>")
    sitemap = {"discovery": "sitemap", "sitemap_url": f"{shop.address}/sitemap.xml", "page_pattern": "/book/*"}
    Shop.objects.filter(pk=shop.row.pk).update(**sitemap)
    start_night(shop)
    assert [each.pk for each in slices.list_waiting()] == [shop.row.pk]

    assert tasks.read_shop.call(shop.row.pk) == "done"

    assert Book.objects.count() == 2
    assert shop.server.requests["/sitemap.xml"] == 1
    assert not slices.needs_search(Shop.objects.get(pk=shop.row.pk))


def test_a_search_that_the_shop_refuses_is_continued_later(shop: OpenShop) -> None:
    shop.server.robots = "User-agent: *\nDisallow: /sitemap.xml\n"
    sitemap = {"discovery": "sitemap", "sitemap_url": f"{shop.address}/sitemap.xml", "page_pattern": "/book/*"}
    Shop.objects.filter(pk=shop.row.pk).update(**sitemap)
    add_pages(shop, range(1, 2))
    start_night(shop)

    tasks.read_shop.call(shop.row.pk)

    assert shop.server.requests["/sitemap.xml"] == 0
    assert Book.objects.count() == 1


def test_dates_of_a_sitemap_that_mean_nothing_are_not_believed(shop: OpenShop) -> None:
    row = shop.row
    assert row.believes_dates
    row.dated_readings, row.dated_changes = 60, 2
    assert not row.believes_dates
    row.dated_changes = 30
    assert row.believes_dates


def test_a_changed_page_with_a_later_date_counts_for_the_dates(shop: OpenShop) -> None:
    add_pages(shop, range(1, 3), priority=ShopPage.Priority.CHANGED)
    start_night(shop)

    read_night(shop)

    row = Shop.objects.get(pk=shop.row.pk)
    assert (row.dated_readings, row.dated_changes) == (2, 2)
