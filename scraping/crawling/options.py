"""The options of a crawl."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from scraping.fetching.options import FetchOptions
from scraping.quality_gates import QualityThresholds
from scraping.sites.site import Site

DEFAULT_CONNECTIONS = 4  # concurrent requests
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
    """The options of the site, as far as the settings do not replace them."""
    delay = settings.SHOP_DELAYS.get(site.name, site.delay)
    return CrawlOptions(
        site=site,
        url=settings.SHOP_URLS.get(site.name, site.default_url),
        fetch=fetch_options(site, delay=delay, connections=DEFAULT_CONNECTIONS),
        thresholds=quality_thresholds(),
        max_age=timedelta(days=settings.SHOP_MAX_AGE),
        is_full=is_full,
    )


def fetch_options(site: Site, *, delay: float, connections: int) -> FetchOptions:
    return FetchOptions(
        delay=delay,
        connections=connections,
        credentials=settings.SHOP_CREDENTIALS if site.name == settings.DEFAULT_SITE else None,
        contact=settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
    )


def quality_thresholds() -> QualityThresholds:
    return QualityThresholds(**settings.QUALITY_THRESHOLDS)
