"""The listing decides which product pages are fetched."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from books.models.price import HeldPrice
from scraping.crawling.listing_store import listing_from_json, listing_to_json
from scraping.models import ListingState
from scraping.report import Counts
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.crawls import THRESHOLDS, Crawl, change_price, requested_upcs

pytestmark = pytest.mark.django_db
TOLERANT = replace(THRESHOLDS, max_without=0.05)  # accepts 2 books of 45 without a price


def test_unchanged_shop_is_asked_for_its_listing_only(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.requests.clear()
    shop.status_counts.clear()

    assert crawl().counts == Counts(requests=4, seen=45, unchanged=45)  # robots.txt, 3 listing pages
    assert requested_upcs(shop) == set()
    assert shop.status_counts == {404: 1, 304: 3}


def test_changed_unreadable_price_is_held(crawl: Crawl, shop: Shop) -> None:
    shop.faults.prices[shop.stock[3].upc] = "on request"
    crawl(thresholds=TOLERANT)
    shop.faults.prices[shop.stock[3].upc] = "12.5"

    assert crawl(thresholds=TOLERANT).counts.held == 1
    assert HeldPrice.objects.pending().get().text == "£12.5"


def test_first_listing_page_stores_the_other_addresses(crawl: Crawl) -> None:
    crawl()

    assert [len(row.listing["other_pages"]) for row in ListingState.objects.order_by("position")] == [2, 0, 0]


def test_listings_survive_the_database(crawl: Crawl, shop: Shop) -> None:
    shop.faults.prices[shop.stock[3].upc] = "on request"
    crawl(thresholds=TOLERANT)

    listings = [listing_from_json(row.listing) for row in ListingState.objects.order_by("position")]

    assert [listing_to_json(listing) for listing in listings] == [row.listing for row in ListingState.objects.all()]
    assert [(listing.total, len(listing.entries)) for listing in listings] == [(45, 20), (45, 20), (45, 5)]
    assert listings[0].entries[3].price_text == "£on request"


@pytest.mark.slow
def test_unchanged_shop_of_1000_books_gets_51_requests(crawl: Crawl) -> None:
    with serving(Shop(read_books())) as url:
        crawl(url=url)
        report = crawl(url=url)

    assert (report.counts.requests, report.counts.unchanged) == (51, 1000)


def change_rating(shop: Shop) -> None:
    shop.stock[7] = replace(shop.stock[7], rating=shop.stock[7].rating % 5 + 1)


def change_title(shop: Shop) -> None:
    """Keeps the address, as a shop does."""
    path = shop.stock[7].path
    shop.stock[7] = replace(shop.stock[7], title=shop.stock[7].title + "!")
    assert shop.stock[7].path == path


def sell_out(shop: Shop) -> None:
    shop.stock[7] = replace(shop.stock[7], stock=0)


@pytest.mark.parametrize("change", [change_price, change_rating, change_title, sell_out])
def test_book_with_a_changed_listing_entry_is_fetched(crawl: Crawl, shop: Shop, change: Callable[[Shop], None]) -> None:
    crawl()
    change(shop)
    shop.requests.clear()

    report = crawl()

    assert requested_upcs(shop) == {shop.stock[7].upc}
    assert (report.counts.updated, report.counts.unchanged) == (1, 44)


def test_new_book_is_fetched(crawl: Crawl, shop: Shop) -> None:
    new = shop.stock[20].upc
    shop.faults.delisted.add(new)
    crawl()
    shop.faults.delisted.clear()
    shop.requests.clear()

    assert crawl().counts.created == 1
    assert requested_upcs(shop) == {new}
