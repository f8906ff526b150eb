"""Finds the pages of a shop over real HTTP on its listing pages."""

import threading

import pytest

from scraping.errors import Halted
from scraping.models import PageList, Shop, ShopPage
from scraping.origin import normalize_host
from scraping.shops.discovery import discover_pages
from scraping.shops.sitemap_download import open_downloader
from tests.fakes.sitemap_shop.app import SitemapShop
from tests.scraping.shops.discovery.searches import Interruption, discover, list_books
from tests.scraping.shops.frontier_pages import make_sitemap_shop


def make_listing(*numbers: int, following: str = "") -> bytes:
    """A listing page with relative links, and perhaps one to the page that follows."""
    links = "".join(
        f'<li><a href="../book/{number}#reviews">Book</a><a href="/book/{number}">Buy</a>' for number in numbers
    )
    return f"<html><body><ul>{links}</ul>{following}</body></html>".encode()


def make_next(path: str) -> str:
    return f'<a class="next" rel="nofollow next" href="{path}">Next</a>'


@pytest.fixture
def shop(db: None, address: str) -> Shop:
    return make_sitemap_shop(
        normalize_host(address),
        delay=0,
        discovery=Shop.Discovery.LISTINGS,
        listing_urls=f"{address}/list/new\n\n {address}/list/old",
    )


def test_product_pages_of_all_listing_pages(shop: Shop, server: SitemapShop) -> None:
    server.files["/list/new"] = make_listing(1, 2, following=make_next("/list/new?page=2"))
    server.files["/list/new?page=2"] = make_listing(3, following='<link rel=next href="?page=3">')
    server.files["/list/new?page=3"] = make_listing(4)
    server.files["/list/old"] = make_listing(5)

    report = discover(shop)

    assert list_books() == [1, 2, 3, 4, 5]
    assert (report.found, report.lists_read, report.problems) == (5, 4, [])


def test_other_links_are_ignored(shop: Shop, server: SitemapShop, address: str) -> None:
    links = ["/about", "https://other.example/book/2", "javascript:void(0)", "http://[", "", "//user@127.0.0.1/book/3"]
    html = "".join(f'<a href="{link}">x</a>' for link in links) + '<a>no link</a><a href="/book/1">x</a>'
    server.files["/list/new"] = (html + make_next("https://other.example/list")).encode()
    server.files["/list/old"] = f'<base href="{address}/shop/"><a href="book/2">'.encode()
    shop.page_pattern = "*/book/*"

    report = discover(shop)

    assert sorted(ShopPage.objects.values_list("url", flat=True)) == [f"{address}/book/1", f"{address}/shop/book/2"]
    assert report.problems == []


def test_listing_pages_in_a_circle_are_read_once(shop: Shop, server: SitemapShop) -> None:
    server.files["/list/new"] = make_listing(1, following=make_next("/list/old"))
    server.files["/list/old"] = make_listing(2, following=make_next("/list/new"))

    discover(shop)

    assert (server.requests["/list/new"], server.requests["/list/old"]) == (1, 1)


def test_a_search_finds_pages_that_were_added_since(shop: Shop, server: SitemapShop) -> None:
    server.files["/list/new"] = server.files["/list/old"] = make_listing(1)
    discover(shop)
    server.files["/list/new"] = make_listing(1, 2)

    discover(shop)

    assert list_books() == [1, 2]


def test_at_most_a_number_of_listing_pages_is_followed(
    shop: Shop, server: SitemapShop, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraping.shops.discovery.MAX_LISTINGS", 3)
    shop.listing_urls = f"{address}/list/0"
    for number in range(9):
        server.files[f"/list/{number}"] = make_listing(number, following=make_next(f"/list/{number + 1}"))

    report = discover(shop)

    assert list_books() == [0, 1, 2]
    assert report.problems == [f"{address}/list/2 is listing page 3; those that follow were not read."]


def test_a_listing_page_that_cannot_be_fetched_is_a_problem(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files["/list/old"] = make_listing(1)

    report = discover(shop)

    assert list_books() == [1]
    assert report.problems == [f"{address}/list/new returned status 404."]


@pytest.mark.parametrize("at", range(1, 7))
def test_an_interrupted_search_continues_with_the_page_that_follows(
    shop: Shop, server: SitemapShop, address: str, at: int
) -> None:
    shop.listing_urls = f"{address}/list/0"
    for number in range(4):
        following = make_next(f"/list/{number + 1}") if number < 3 else ""
        server.files[f"/list/{number}"] = make_listing(number, following=following)

    with pytest.raises(Halted):
        discover(shop, Interruption(at))
    finished = PageList.objects.exclude(read_at=None).count()
    discover(shop)

    assert list_books() == [0, 1, 2, 3]
    assert [server.requests[f"/list/{number}"] for number in range(finished)] == [1] * finished


def test_another_way_of_finding_pages_ends_the_search_of_the_first(
    shop: Shop, server: SitemapShop, address: str
) -> None:
    server.files["/list/old"] = make_listing(1)
    with pytest.raises(Halted):
        discover(shop, Interruption(1))
    shop.discovery, shop.sitemap_url = Shop.Discovery.SITEMAP, f"{address}/sitemap.txt"
    server.files["/sitemap.txt"] = f"{address}/book/2\n".encode()

    with open_downloader(shop, max_wait=60, halt=threading.Event()) as downloader:
        discover_pages(shop, downloader)

    assert list_books() == [2]
    assert not PageList.objects.filter(is_pending=True).exists()
