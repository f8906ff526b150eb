"""A search reads only the files of a sitemap that may have changed since the one before."""

from datetime import timedelta

from django.utils import timezone

from scraping.models import PageList, Shop
from tests.fakes.sitemap_shop.app import SitemapShop
from tests.scraping.shops.discovery.searches import INDEX, OLD, discover, list_books, make_books, make_dated_index
from tests.scraping.sitemaps.files import make_index, make_urlset


def test_an_unmodified_file_is_not_sent_again(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(f"{address}/a.xml", f"{address}/b.xml")
    server.files["/a.xml"], server.files["/b.xml"] = make_books(address, 1), make_books(address, 2)
    discover(shop)
    server.files["/b.xml"] = make_books(address, 2, 3)

    report = discover(shop)

    assert list_books() == [1, 2, 3]
    assert (server.unmodified["/a.xml"], server.unmodified["/b.xml"]) == (1, 0)
    assert (report.lists_read, report.lists_unchanged) == (2, 1)


def test_a_file_with_the_same_date_is_not_requested_again(shop: Shop, server: SitemapShop, address: str) -> None:
    server.has_etags = False
    server.files[INDEX] = make_dated_index(address, a=OLD, b=OLD)
    server.files["/a.xml"], server.files["/b.xml"] = make_books(address, 1), make_books(address, 2)
    discover(shop)
    server.files[INDEX] = make_dated_index(address, a=OLD, b=OLD.replace("-01-02", "-01-03"))
    server.files["/b.xml"] = make_books(address, 2, 3)

    discover(shop)

    assert list_books() == [1, 2, 3]
    assert (server.requests["/a.xml"], server.requests["/b.xml"]) == (1, 2)


def test_a_file_that_is_dated_on_this_day_is_requested_again(shop: Shop, server: SitemapShop, address: str) -> None:
    today = f"<lastmod>{timezone.now():%Y-%m-%d}</lastmod>"
    server.files[INDEX] = make_dated_index(address, a=today)
    server.files["/a.xml"] = make_books(address, 1)
    discover(shop)
    server.files["/a.xml"] = make_books(address, 1, 2)

    discover(shop)

    assert list_books() == [1, 2]


def test_dates_of_the_index_are_not_trusted_for_longer_than_a_week(
    shop: Shop, server: SitemapShop, address: str
) -> None:
    server.files[INDEX] = make_dated_index(address, a=OLD)
    server.files["/a.xml"] = make_books(address, 1)
    discover(shop)
    PageList.objects.update(read_at=timezone.now() - timedelta(days=8))
    server.files["/a.xml"] = make_books(address, 1, 2)

    discover(shop)

    assert list_books() == [1, 2]


def test_another_pattern_reads_every_file_again(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_dated_index(address, a=OLD)
    server.files["/a.xml"] = make_urlset(f"{address}/book/1", f"{address}/record/2")
    discover(shop)
    shop.page_pattern = "/*/*"

    discover(shop)

    assert list_books() == [1, 2]
    assert server.unmodified["/a.xml"] == 0


def test_an_incomplete_file_is_read_again_with_the_next_search(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_dated_index(address, a=OLD)
    server.files["/a.xml"] = make_books(address, 1, 2)[:-20]
    discover(shop)
    server.files["/a.xml"] = make_books(address, 1, 2)

    assert discover(shop).problems == []

    assert list_books() == [1, 2]
    assert set(PageList.objects.values_list("problem", flat=True)) == {""}


def test_lists_that_no_search_found_for_a_month_are_deleted(shop: Shop, server: SitemapShop, address: str) -> None:
    server.files[INDEX] = make_index(f"{address}/a.xml")
    server.files["/a.xml"] = make_books(address, 1)
    discover(shop)
    PageList.objects.update(searched_at=timezone.now() - timedelta(days=31))
    server.files[INDEX] = make_index(f"{address}/b.xml")
    server.files["/b.xml"] = make_books(address, 1)

    discover(shop)

    assert set(PageList.objects.values_list("url", flat=True)) == {f"{address}{INDEX}", f"{address}/b.xml"}
