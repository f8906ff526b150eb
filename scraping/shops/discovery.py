"""Finds the pages of a shop in its sitemap or on its listing pages, and stores them for the nightly reading."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from core.db.clock import read_time
from core.text import to_printable
from scraping.errors import FetchError
from scraping.models import PageList, Shop
from scraping.origin import has_user_information, normalize_host
from scraping.page import UNCONDITIONAL, NotModified
from scraping.shops import page_lists
from scraping.shops.downloads import Download, Downloader
from scraping.shops.found_pages import FoundPage, identify_page, store_found_pages
from scraping.shops.listing_links import read_links
from scraping.shops.page_lists import NamedList
from scraping.shops.page_pattern import matches_pattern
from scraping.sitemaps.entries import Entry
from scraping.sitemaps.reader import SitemapReport, read_sitemap

BATCH = 1_000  # rows of a statement
MAX_PAGES = 2_000_000  # of a shop
MAX_LISTINGS = 1_000  # pages that follow each other
MAX_PROBLEMS = 100
KINDS = {Shop.Discovery.SITEMAP: PageList.Kind.SITEMAP, Shop.Discovery.LISTINGS: PageList.Kind.LISTING}
T = TypeVar("T")


@dataclass(slots=True)
class DiscoveryReport:
    """The counts of a search. `found` are addresses of product pages, `other` those that do not match the pattern.

    Only MAX_PROBLEMS problems are kept, as sentences.
    """

    lists_read: int = 0
    lists_unchanged: int = 0
    found: int = 0
    other: int = 0
    other_hosts: int = 0
    invalid: int = 0
    problems: list[str] = field(default_factory=list)

    def add_problem(self, subject: str, problem: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{to_printable(subject)} {problem}.")


def discover_pages(shop: Shop, downloader: Downloader, *, check: Callable[[], None] = lambda: None) -> DiscoveryReport:
    """Searches for pages, or continues a search that was interrupted.

    `check` is called after each batch of rows and before each request. It may raise to interrupt the search. Files that
    were read completely are not read again then. Raises what `downloader` raises, except FetchError.
    """
    search = _Search(shop, downloader, check)
    if shop.discovery in KINDS:
        search.run(KINDS[Shop.Discovery(shop.discovery)])
    return search.report


def read_now() -> datetime:
    """The time on the clock of the database."""
    return datetime.fromtimestamp(read_time(), UTC)


class _Search:
    def __init__(self, shop: Shop, downloader: Downloader, check: Callable[[], None]) -> None:
        self.report = DiscoveryReport()
        self._shop = shop
        self._downloader = downloader
        self._check = check
        self._room = MAX_PAGES - shop.pages.count()

    def run(self, kind: PageList.Kind) -> None:
        if page_lists.find_next(self._shop, kind) is None:
            page_lists.start_search(self._shop, kind, self._find_start(kind), now=read_now())
        while page_list := page_lists.find_next(self._shop, kind):
            self._check()
            self._read(page_list)
        page_lists.end_search(self._shop, now=read_now())

    def _find_start(self, kind: PageList.Kind) -> list[str]:
        if kind == PageList.Kind.LISTING:
            return self._shop.list_listing_urls()
        if self._shop.sitemap_url:
            return [self._shop.sitemap_url]
        try:
            own = [url for url in self._downloader.list_sitemaps() if _is_on_host(url, self._shop.host)]
        except FetchError as error:
            self.report.add_problem("robots.txt", error.detail)
            return []
        if not own:
            self.report.add_problem("robots.txt", "names no sitemap on the shop's host")
        return own

    def _read(self, page_list: PageList) -> None:
        try:
            if self._room <= 0:
                raise FetchError(page_list.url, f"was not read: the shop has {MAX_PAGES:,} pages", permanent=True)
            if page_list.kind == PageList.Kind.LISTING:
                self._read_listing(page_list)
            else:
                self._read_sitemap(page_list)
        except FetchError as error:
            self._fail(page_list, error.detail)

    def _fail(self, page_list: PageList, problem: str) -> None:
        page_lists.mark_as_failed(page_list, problem)
        self.report.add_problem(page_list.url, problem)

    def _read_sitemap(self, page_list: PageList) -> None:
        validators = page_lists.get_validators(page_list)
        with self._downloader.open(page_list.url, validators) as download:
            if isinstance(download, NotModified):
                self.report.lists_unchanged += 1
                page_lists.mark_as_read(page_list, validators, entries=page_list.entries, now=read_now())
            else:
                self._read_entries(page_list, download)

    def _read_entries(self, page_list: PageList, download: Download) -> None:
        """An index is always read again, because its files may change while it does not."""
        counts, now, is_index = SitemapReport(), read_now(), False
        for batch in _split(read_sitemap(download.chunks, counts, host=self._shop.host, now=now), BATCH):
            is_index = batch[0].is_sitemap
            if is_index and page_list.depth > 0:
                raise FetchError(page_list.url, "is an index in an index, so it was not read", permanent=True)
            self._store_entries(page_list, batch, is_index=is_index)
        self._count(counts)
        if counts.problem:
            self._fail(page_list, counts.problem)
        else:
            validators = UNCONDITIONAL if is_index else download.validators
            page_lists.mark_as_read(page_list, validators, entries=counts.entries, now=now)

    def _store_entries(self, page_list: PageList, batch: list[Entry], *, is_index: bool) -> None:
        if is_index:
            page_lists.add_named(page_list, (NamedList(each.url, each.dated_at) for each in batch))
        else:
            self._store_pages((entry.url, entry.dated_at) for entry in batch)
        self._check()

    def _read_listing(self, page_list: PageList) -> None:
        page = self._downloader.fetch_page(page_list.url)
        assert not isinstance(page, NotModified)
        links = read_links(page, host=self._shop.host, pattern=self._shop.page_pattern)
        self._store_pages((url, None) for url in links.products)
        self._check()
        if links.next_page and page_list.depth + 1 >= MAX_LISTINGS:
            self._fail(page_list, f"is listing page {MAX_LISTINGS:,}; those that follow were not read")
            return
        if links.next_page:
            page_lists.add_named(page_list, [NamedList(links.next_page)])
        self.report.lists_read += 1
        page_lists.mark_as_read(page_list, UNCONDITIONAL, entries=len(links.products), now=read_now())

    def _store_pages(self, addresses: Iterable[tuple[str, datetime | None]]) -> None:
        pages: list[FoundPage] = []
        for url, dated_at in addresses:
            if not matches_pattern(self._shop.page_pattern, url):
                self.report.other += 1
            elif page := identify_page(url, dated_at):
                pages.append(page)
            else:
                self.report.invalid += 1
        store_found_pages(self._shop, pages, now=read_now())
        self.report.found += len(pages)
        self._room -= len(pages)
        if self._room <= 0:  # most of them were known before
            self._room = MAX_PAGES - self._shop.pages.count()

    def _count(self, counts: SitemapReport) -> None:
        self.report.lists_read += 1
        self.report.other_hosts += counts.other_hosts
        self.report.invalid += counts.invalid


def _is_on_host(url: str, host: str) -> bool:
    try:
        return normalize_host(url) == host and not has_user_information(url)
    except ValueError:
        return False


def _split(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
