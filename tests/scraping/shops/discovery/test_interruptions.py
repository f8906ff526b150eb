"""Searches that end early continue later."""

import threading

import pytest

from scraping.errors import Halted
from scraping.models import PageList, Shop
from scraping.shops.discovery import discover_pages
from scraping.shops.rejections import Postponed, Rejected
from scraping.shops.sitemap_download import open_downloader
from tests.fakes.sitemap_shop.app import SitemapShop
from tests.scraping.shops.discovery.searches import INDEX, Interruption, discover, list_books, make_books
from tests.scraping.sitemaps.files import make_index


@pytest.mark.parametrize("at", range(1, 9))
def test_an_interrupted_search_continues(shop: Shop, server: SitemapShop, address: str, at: int) -> None:
    server.has_etags = False
    server.files[INDEX] = make_index(*(f"{address}/{number}.xml" for number in range(4)))
    for number in range(4):
        server.files[f"/{number}.xml"] = make_books(address, number)

    with pytest.raises(Halted):
        discover(shop, Interruption(at))
    finished = list(PageList.objects.exclude(read_at=None).values_list("url", flat=True))
    requests = server.requests.copy()
    discover(shop)

    assert list_books() == [0, 1, 2, 3]
    assert not PageList.objects.filter(is_pending=True).exists()
    for url in finished:
        path = url.removeprefix(address)
        assert server.requests[path] == requests[path] == 1


def test_a_turn_that_is_too_far_away_interrupts_the_search(shop: Shop, server: SitemapShop, address: str) -> None:
    shop.delay = 3_600
    server.files[INDEX] = make_books(address, 1)

    with open_downloader(shop, max_wait=0.1, halt=threading.Event()) as downloader, pytest.raises(Postponed):
        discover_pages(shop, downloader)

    assert PageList.objects.get().is_pending


def test_three_refusals_pause_the_shop_and_the_search(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(*(f"{address}/{number}.xml" for number in range(9)))
    for number in range(9):
        server.faults[f"/{number}.xml"] = ("403 Forbidden", [], b"")

    with pytest.raises(Rejected):
        discover(shop)

    shop.refresh_from_db()
    assert shop.state == Shop.State.PAUSED
    assert sum(server.requests[f"/{number}.xml"] for number in range(9)) == 3
