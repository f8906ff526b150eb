"""Downloads sitemaps and listing pages with the shop's shared rate, its robots.txt and its count of refusals."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryFile
from typing import IO

import requests
from django.conf import settings

from core.http_client import iterate_body
from core.http_errors import BodyReadError
from scraping.errors import FetchError, Halted
from scraping.fetching.decoding import BodyLimits, read_text
from scraping.fetching.fetcher import Fetcher
from scraping.fetching.requester import Read
from scraping.models import Shop
from scraping.page import UNCONDITIONAL, NotModified, Page, Validators
from scraping.shops import states
from scraping.shops.downloads import Download
from scraping.shops.page_fetching import ShopFetcher, create_fetcher
from scraping.shops.rejections import Rejected
from scraping.sitemaps.unpacking import MAX_BYTES

CHUNK_BYTES = 64 * 1024
DOWNLOAD_SECONDS = 120.0  # of a sitemap file, instead of `FetchOptions.page_timeout`; less than the lease of a slice


class SitemapFetcher(Fetcher):
    """Also lists the sitemaps of robots.txt."""

    def list_sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of the address names. Raises FetchError."""
        return self._robots.load(url).sitemaps


class ShopDownloader:
    """A Downloader. It stores bodies in a temporary file, so that no connection waits for the database.

    Raises FetchError for a single address. Postponed, Halted, and Rejected if the shop was paused, end the search.
    """

    def __init__(self, shop: Shop, fetcher: SitemapFetcher) -> None:
        self._shop = shop
        self._fetcher = fetcher
        self._mapping = ShopFetcher(shop, fetcher)

    @contextmanager
    def open(self, url: str, validators: Validators) -> Iterator[Download | NotModified]:
        with TemporaryFile(dir=settings.VAR_DIR) as file:
            result = self._fetch(url, validators, partial(_save, file))
            yield result if isinstance(result, NotModified) else Download(_read_chunks(file), result.validators)

    def fetch_page(self, url: str) -> Page | NotModified:
        return self._fetch(url, UNCONDITIONAL, read_text)

    def list_sitemaps(self) -> list[str]:
        with self._count_refusals(), self._mapping.map_errors():
            return self._fetcher.list_sitemaps(f"https://{self._shop.host}/")

    def _fetch(self, url: str, validators: Validators, read: Read) -> Page | NotModified:
        with self._count_refusals(), self._mapping.map_errors():
            return self._fetcher.fetch_page(url, validators, read)

    @contextmanager
    def _count_refusals(self) -> Iterator[None]:
        """Raises FetchError, or Rejected if the shop must not be read any more."""
        try:
            yield
            states.clear_refusals(self._shop)
        except Rejected as rejected:
            states.count_refusal(self._shop, rejected)
            if self._shop.is_read and isinstance(rejected.__cause__, FetchError):
                raise rejected.__cause__ from None
            raise


@contextmanager
def open_downloader(shop: Shop, *, max_wait: float, halt: threading.Event) -> Iterator[ShopDownloader]:
    """`max_wait`: seconds to wait for a turn; longer waits raise Postponed. Setting `halt` raises Halted."""
    with create_fetcher(SitemapFetcher, shop, max_wait=max_wait, halt=halt) as fetcher:
        yield ShopDownloader(shop, fetcher)


def _save(file: IO[bytes], response: requests.Response, url: str, limits: BodyLimits) -> str:
    """Writes the body to the file, and a little more than the permitted size. Raises FetchError or Halted."""

    def raise_if_halted() -> None:
        if limits.halt.is_set():
            raise Halted

    file.seek(0)
    file.truncate()
    try:
        for chunk in iterate_body(response, deadline=time.monotonic() + DOWNLOAD_SECONDS, check=raise_if_halted):
            file.write(chunk)
            if file.tell() > MAX_BYTES:
                break
    except BodyReadError as error:
        raise FetchError(url, error.detail, permanent=error.permanent) from error
    return ""


def _read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
