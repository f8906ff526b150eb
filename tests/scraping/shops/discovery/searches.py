"""Searches for pages, sitemaps of numbered books, and interruptions."""

import threading
from collections.abc import Callable

from scraping.errors import Halted
from scraping.models import Shop, ShopPage
from scraping.shops.discovery import DiscoveryReport, discover_pages
from scraping.shops.sitemap_download import open_downloader
from tests.scraping.sitemaps.files import make_urlset

INDEX = "/sitemap.xml"
OLD = "<lastmod>2026-01-02T03:04:05Z</lastmod>"


def discover(shop: Shop, check: Callable[[], None] = lambda: None) -> DiscoveryReport:
    with open_downloader(shop, max_wait=60, halt=threading.Event()) as downloader:
        return discover_pages(shop, downloader, check=check)


def make_books(address: str, *numbers: int, date: str = "") -> bytes:
    return make_urlset(*(f"<loc>{address}/book/{number}</loc>{date}" for number in numbers))


def make_dated_index(address: str, **dates: str) -> bytes:
    """An index of files such as `a.xml`."""
    maps = "".join(
        f"<sitemap><loc>{address}/{name}.xml</loc>{date}</sitemap>" for name, date in dates.items()
    )  # fmt: skip
    return f"<sitemapindex>{maps}</sitemapindex>".encode()


def list_books() -> list[int]:
    return sorted(int(url.rpartition("/")[2]) for url in ShopPage.objects.values_list("url", flat=True))


class Interruption:
    """Interrupts a search at its nth check."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self) -> None:
        self._left -= 1
        if not self._left:
            raise Halted
