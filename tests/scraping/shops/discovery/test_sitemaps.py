"""Finds the pages of a shop over real HTTP in its sitemap."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from scraping.models import PageList, Shop, ShopPage
from scraping.shops.discovery import DiscoveryReport
from tests.fakes.sitemap_shop.app import SitemapShop
from tests.scraping.shops.discovery.searches import INDEX, OLD, discover, list_books, make_books
from tests.scraping.sitemaps.files import make_index, make_urlset, pack


def test_pages_of_one_file(shop: Shop, server: SitemapShop, address: str) -> None:
    entries = [f"{address}/book/1", f"{address}/about", "https://other.example/book/2", "javascript:alert(1)"]
    server.files[INDEX] = make_urlset(*entries)

    report = discover(shop)

    assert list_books() == [1]
    assert (report.found, report.other, report.other_hosts, report.invalid) == (1, 1, 1, 1)
    assert (report.lists_read, report.problems) == (1, [])
    shop.refresh_from_db()
    assert shop.discovered_at


def test_pages_of_an_index(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(
        f"{address}/a.xml?from=1&amp;to=2", f"{address}/b.xml.gz", "https://other.example/c"
    )
    server.files["/a.xml?from=1&to=2"] = make_books(address, 1, 2)
    server.files["/b.xml.gz"] = pack(make_books(address, 3, date=OLD))

    report = discover(shop)

    assert list_books() == [1, 2, 3]
    assert ShopPage.objects.get(url=f"{address}/book/3").dated_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (report.found, report.lists_read, report.other_hosts) == (3, 3, 1)


def test_an_index_in_an_index_is_a_problem(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(f"{address}/a.xml", f"{address}/b.xml")
    server.files["/a.xml"] = make_index(f"{address}/c.xml")
    server.files["/b.xml"] = make_books(address, 1)

    report = discover(shop)

    assert list_books() == [1]
    assert report.problems == [f"{address}/a.xml is an index in an index, so it was not read."]
    assert not server.requests["/c.xml"]


def test_an_index_that_names_itself_is_read_once(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(f"{address}{INDEX}", f"{address}/a.xml", f"{address}/a.xml")
    server.files["/a.xml"] = make_books(address, 1)

    assert discover(shop).problems == []

    assert (server.requests[INDEX], server.requests["/a.xml"]) == (1, 1)


def test_what_precedes_an_error_is_stored(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_books(address, 1, 2)[:-20]

    report = discover(shop)

    assert list_books() == [1]
    assert report.problems[0].startswith(f"{address}/sitemap.xml is invalid XML (")
    assert PageList.objects.get().problem.startswith("is invalid XML (")


def test_a_file_that_cannot_be_fetched_does_not_end_the_search(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(f"{address}/missing.xml", f"{address}/moved.xml", f"{address}/a.xml")
    server.faults["/moved.xml"] = ("301 Moved Permanently", [("Location", "https://other.example/")], b"")
    server.files["/a.xml"] = make_books(address, 1)

    report = discover(shop)

    assert list_books() == [1]
    assert report.problems[0] == f"{address}/missing.xml returned status 404."
    assert report.problems[1].startswith(f"{address}/moved.xml redirects to https://other.example/, which is not on")


def test_robots_txt_is_obeyed(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files["/robots.txt"] = b"User-agent: *\nDisallow: /private"
    server.files[INDEX] = make_index(f"{address}/private.xml")

    report = discover(shop)

    assert report.problems == [f"{address}/private.xml is disallowed by the shop's robots.txt."]
    assert not server.requests["/private.xml"]


def test_sitemaps_of_robots_txt_on_the_own_host(shop: Shop, server: SitemapShop, address: str) -> None:
    shop.sitemap_url = ""
    lines = f"Sitemap: {address}/a.xml\nSitemap: https://other.example/b.xml\nSitemap: {address}/c.xml\nSitemap: x"
    shop.robots, shop.robots_read_at = {shop.host: lines}, timezone.now()
    server.files["/a.xml"], server.files["/c.xml"] = make_books(address, 1), make_books(address, 2)

    report = discover(shop)

    assert list_books() == [1, 2]
    assert report.problems == []


def test_a_shop_without_a_sitemap(shop: Shop) -> None:
    shop.sitemap_url = ""
    shop.robots, shop.robots_read_at = {shop.host: ""}, timezone.now()

    assert discover(shop).problems == ["robots.txt names no sitemap on the shop's host."]


def test_robots_txt_that_cannot_be_fetched(shop: Shop) -> None:
    """The address of robots.txt is on https, which the fake shop does not speak."""
    shop.sitemap_url = ""

    [problem] = discover(shop).problems

    assert problem.startswith("robots.txt cannot be reached over TLS")


def test_a_shop_of_tracked_pages_is_not_searched(shop: Shop, server: SitemapShop) -> None:
    shop.discovery = Shop.Discovery.TRACKED

    assert discover(shop) == DiscoveryReport()
    assert not server.requests


def test_the_number_of_pages_is_limited(
    shop: Shop, server: SitemapShop, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraping.shops.discovery.MAX_PAGES", 3)
    server.files[INDEX] = make_index(f"{address}/a.xml", f"{address}/b.xml")
    server.files["/a.xml"] = make_books(address, 1, 2, 3)
    server.files["/b.xml"] = make_books(address, 4)

    assert discover(shop).problems == [f"{address}/b.xml was not read: the shop has 3 pages."]
    assert list_books() == [1, 2, 3]
