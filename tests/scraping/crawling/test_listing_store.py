"""What a listing shows decides which product pages are fetched."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from books.models.price import HeldPrice
from scraping.crawling.listing_store import as_json as listing_as_json
from scraping.crawling.listing_store import from_json as from_listing_json
from scraping.models import ListingState
from scraping.report import Counts
from tests.conftest import Crawl
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.crawls import change_price, fetched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_waits")]


def test_an_unchanged_shop_is_asked_for_its_listing_alone(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.requests.clear()
    shop.answers.clear()

    assert crawl().counts == Counts(requests=4, seen=45, unchanged=45)  # robots.txt, 3 listing pages
    assert fetched(shop) == set()
    assert shop.answers == {404: 1, 304: 3}


def test_an_unreadable_price_that_changes_on_the_listing_is_noticed(
    crawl: Crawl, shop: Shop, settings: Settings
) -> None:
    settings.GATES = replace(settings.GATES, max_without=0.05)
    shop.faults.prices[shop.stock[3].upc] = "on request"
    crawl()
    shop.faults.prices[shop.stock[3].upc] = "12.5"

    assert crawl().counts.held == 1
    assert HeldPrice.objects.waiting().get().text == "£12.5"


def test_only_the_first_listing_page_keeps_the_addresses_of_the_others(crawl: Crawl, shop: Shop) -> None:
    crawl()

    assert [len(row.listing["other_pages"]) for row in ListingState.objects.order_by("position")] == [2, 0, 0]


def test_a_listing_comes_back_as_it_was_kept(crawl: Crawl, shop: Shop, settings: Settings) -> None:
    settings.GATES = replace(settings.GATES, max_without=0.05)
    shop.faults.prices[shop.stock[3].upc] = "on request"
    crawl()

    for row in ListingState.objects.all():
        listing = from_listing_json(row.listing)
        assert listing_as_json(listing) == row.listing
        assert len(listing.entries) in {20, 5}
    assert (listing.total, listing.other_pages) == (45, ())


def test_an_unchanged_shop_of_a_thousand_books_is_asked_55_times_at_most(crawl: Crawl) -> None:
    whole = Shop(read_books())
    with serving(whole) as url:
        crawl(url=url)
        report = crawl(url=url)

    assert (report.counts.requests, report.counts.unchanged) == (51, 1000)


def change_rating(shop: Shop) -> None:
    shop.stock[7] = replace(shop.stock[7], rating=shop.stock[7].rating % 5 + 1)


def change_title(shop: Shop) -> None:
    # The address stays, as a shop keeps it.
    path = shop.stock[7].path
    shop.stock[7] = replace(shop.stock[7], title=shop.stock[7].title + "!")
    assert shop.stock[7].path == path


def sell_out(shop: Shop) -> None:
    shop.stock[7] = replace(shop.stock[7], stock=0)


@pytest.mark.parametrize("change", [change_price, change_rating, change_title, sell_out])
def test_a_book_that_changed_on_its_listing_is_fetched(
    crawl: Crawl, shop: Shop, change: Callable[[Shop], None]
) -> None:
    crawl()
    change(shop)
    shop.requests.clear()

    report = crawl()

    assert fetched(shop) == {shop.stock[7].upc}
    assert (report.counts.updated, report.counts.unchanged) == (1, 44)


def test_a_new_book_is_fetched(crawl: Crawl, shop: Shop) -> None:
    new = shop.stock[20].upc
    shop.faults.vanished.add(new)
    crawl()
    shop.faults.vanished.clear()
    shop.requests.clear()

    assert crawl().counts.created == 1
    assert fetched(shop) == {new}
