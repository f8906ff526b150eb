"""Pages are added once. Known pages keep their state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.forms.models import model_to_dict

from scraping.models import Shop, ShopPage
from scraping.shops.found_pages import identify_page, store_found_pages
from tests.scraping.shops.frontier_pages import NOW, find, make_page, make_sitemap_shop

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Priority, State = ShopPage.Priority, ShopPage.State


@pytest.fixture
def shop() -> Shop:
    return make_sitemap_shop()


def test_new_pages_wait_for_their_first_reading(shop: Shop) -> None:
    store_found_pages(shop, [find(1, NOW - DAY), find(2)], now=NOW)

    first, second = ShopPage.objects.order_by("url")
    assert (first.url, first.dated_at) == ("https://shop.example/book/1", NOW - DAY)
    assert (second.url, second.dated_at) == ("https://shop.example/book/2", None)
    for page in (first, second):
        assert (page.priority, page.state, page.due_at, page.listed_at) == (Priority.NEW, State.WAITING, NOW, NOW)
        assert (page.read_at, page.sources, page.failures, page.reason) == (None, {}, 0, "")


def test_pages_are_added_once(shop: Shop) -> None:
    spellings = ["http://www.shop.example/book/1/", "https://shop.example/book/1?utm_source=sitemap#top"]
    pages = [each for url in spellings if (each := identify_page(url))]

    store_found_pages(shop, [find(1), *pages], now=NOW)
    store_found_pages(shop, [find(1, NOW), *pages], now=NOW + DAY)

    page = ShopPage.objects.get()
    assert (page.url, page.listed_at, page.dated_at) == ("https://shop.example/book/1", NOW + DAY, NOW)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://user:password@shop.example/", "https://shop.example/" + "x" * 2_000, "/a"]
)
def test_other_texts_are_no_pages(url: str) -> None:
    assert identify_page(url) is None


def test_a_page_with_a_later_date_is_read_first(shop: Shop) -> None:
    make_page(shop, 1, priority=Priority.READ, state=State.READ, read_at=NOW - DAY, due_at=NOW + DAY)

    store_found_pages(shop, [find(1, NOW)], now=NOW)

    page = ShopPage.objects.get()
    assert (page.priority, page.due_at, page.state, page.read_at) == (Priority.CHANGED, NOW, State.READ, NOW - DAY)


@pytest.mark.parametrize("dated_at", [None, NOW - 2 * DAY, NOW - DAY])
def test_a_page_without_a_later_date_keeps_its_place(shop: Shop, dated_at: datetime | None) -> None:
    make_page(shop, 1, priority=Priority.READ, read_at=NOW - DAY, due_at=NOW + DAY)

    store_found_pages(shop, [find(1, dated_at)], now=NOW)

    page = ShopPage.objects.get()
    assert (page.priority, page.due_at, page.dated_at) == (Priority.READ, NOW + DAY, dated_at)


def test_a_date_that_is_no_longer_stated_is_kept(shop: Shop) -> None:
    make_page(shop, 1, dated_at=NOW - DAY)

    store_found_pages(shop, [find(1)], now=NOW)

    assert ShopPage.objects.get().dated_at == NOW - DAY


def test_dates_that_were_wrong_before_change_nothing(shop: Shop) -> None:
    shop.dated_readings, shop.dated_changes = 100, 9
    make_page(shop, 1, priority=Priority.READ, read_at=NOW - DAY, due_at=NOW + DAY)

    store_found_pages(shop, [find(1, NOW)], now=NOW)

    page = ShopPage.objects.get()
    assert (page.priority, page.due_at, page.dated_at) == (Priority.READ, NOW + DAY, NOW)


def test_a_tracked_page_stays_tracked(shop: Shop) -> None:
    make_page(shop, 1, priority=Priority.TRACKED, read_at=NOW - DAY, due_at=NOW + DAY)
    make_page(shop, 2, priority=Priority.TRACKED, due_at=NOW + DAY)

    store_found_pages(shop, [find(1, NOW), find(2, NOW)], now=NOW)

    assert set(ShopPage.objects.values_list("priority", "due_at")) == {(Priority.TRACKED, NOW + DAY)}


def test_known_pages_keep_their_state_and_errors(shop: Shop) -> None:
    page = make_page(
        shop, 1,
        priority=Priority.READ, state=State.GONE, reason="returned status 404", failures=3, read_at=NOW - DAY,
        due_at=NOW + 8 * DAY, etag='"1"', last_modified="Thu", record={"title": "A"}, sources={"title": "json-ld"},
    )  # fmt: skip
    before = model_to_dict(page)

    store_found_pages(shop, [find(1, NOW)], now=NOW)

    changed = {"priority": Priority.CHANGED, "dated_at": NOW, "listed_at": NOW}
    assert model_to_dict(ShopPage.objects.get()) == before | changed


def test_the_same_address_in_another_shop_is_another_page(shop: Shop) -> None:
    other = make_sitemap_shop("other.example")

    store_found_pages(shop, [find(1)], now=NOW)
    store_found_pages(other, [find(1)], now=NOW)

    assert ShopPage.objects.count() == 2


def test_no_pages_are_no_error(shop: Shop) -> None:
    store_found_pages(shop, [], now=datetime.now(UTC))

    assert not ShopPage.objects.exists()
