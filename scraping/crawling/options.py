"""The options of a crawl."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from scraping.fetching.fetcher import FetchOptions
from scraping.quality_gates import QualityThresholds
from scraping.sites.site import Site

DEFAULT_CONNECTIONS = 4  # concurrent requests
CONFIGURED_SITE = "books_to_scrape"  # SHOP_URL and SHOP_DELAY apply to this site
Progress = Callable[[int, int], None]  # receives the number of books done and of all books


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """`url` is the address of the site's first listing page; `limit` the number of books to read, None for all.

    A page with an unchanged listing entry is fetched again at the latest `max_age` after its last reading, because
    some details are shown on the page only. Zero fetches every page again, with its validators. `is_full` fetches every
    page without validators.

    `flush_interval`: the longest time between two writes of pages, so the work that a killed process loses.
    """

    site: Site
    url: str
    fetch: FetchOptions
    thresholds: QualityThresholds
    limit: int | None = None
    dry_run: bool = False
    max_age: timedelta = timedelta(days=30)
    is_full: bool = False
    flush_interval: timedelta = timedelta(seconds=2)
    heartbeat_interval: timedelta = timedelta(seconds=1)

    @property
    def age_limit(self) -> timedelta:
        return timedelta(0) if self.is_full else self.max_age


def default_options(site: Site, *, is_full: bool = False) -> CrawlOptions:
    """The options of the site and of the settings. SHOP_URL and SHOP_DELAY apply to books.toscrape.com only."""
    is_configured = site.name == CONFIGURED_SITE
    url, delay = (settings.SHOP_URL, settings.SHOP_DELAY) if is_configured else (site.url, site.delay)
    return CrawlOptions(
        site=site,
        url=url,
        fetch=fetch_options(delay=delay, connections=DEFAULT_CONNECTIONS),
        thresholds=quality_thresholds(),
        max_age=timedelta(days=settings.SHOP_MAX_AGE),
        is_full=is_full,
    )


def fetch_options(*, delay: float, connections: int) -> FetchOptions:
    return FetchOptions(
        delay=delay,
        connections=connections,
        contact=settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
    )


def quality_thresholds() -> QualityThresholds:
    return QualityThresholds(**settings.QUALITY_THRESHOLDS)
