"""The nightly slices: each shop's pages are read a part at a time, by any free worker.

The rows are the truth: how many pages a shop has left in this night, and until when a worker holds its lease. A worker
that is killed leaves a lease that expires; the page that it was reading is due as before.
"""

import logging
import threading
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from scraping.errors import Halted
from scraping.models import Shop, ShopPage
from scraping.shops import states
from scraping.shops.discovery import discover_pages
from scraping.shops.frontier import choose_pages
from scraping.shops.page_fetching import ShopFetcher, open_shop
from scraping.shops.reading import read_again
from scraping.shops.rejections import Postponed, Rejected
from scraping.shops.sitemap_download import open_downloader

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than a page takes with robots.txt and all timeouts
SLICE_SECONDS = 30.0  # after which the task ends and another one continues, so that no shop occupies a worker
MAX_WAIT = 15.0  # seconds for a turn; until a later one the worker is free


def find_night(now: datetime) -> datetime:
    """When the present night began: the last time it was SHOP_NIGHT_HOUR."""
    night = now.replace(hour=settings.SHOP_NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return night if night <= now else night - timedelta(days=1)


def start_nights() -> None:
    """Gives each shop the pages of this night, once a night."""
    now = timezone.now()
    is_due = Q(night_started_at=None) | Q(night_started_at__lt=find_night(now))
    list_read_shops().filter(is_due).update(night_started_at=now, pages_left=F("pages_per_night"))


def list_read_shops() -> QuerySet[Shop]:
    return Shop.objects.filter(state__in=[Shop.State.NEW, Shop.State.CONFIRMED])


def list_waiting() -> list[Shop]:
    """Shops with pages left in this night that no worker reads at the moment."""
    free = list_read_shops().filter(pages_left__gt=0).filter(Q(leased_until=None) | Q(leased_until__lt=Now()))
    return [shop for shop in free if needs_search(shop) or choose_page(shop)]


def claim(pk: str) -> Shop | None:
    """Leases the shop to this worker. Returns None if another one has it, or if there is nothing to read."""
    free = list_read_shops().filter(Q(leased_until=None) | Q(leased_until__lt=Now()), pk=pk, pages_left__gt=0)
    if not free.update(leased_until=Now() + LEASE):
        return None
    return Shop.objects.get(pk=pk)


def needs_search(shop: Shop) -> bool:
    """Whether the shop's pages have not been searched for since the night began."""
    is_searched = shop.discovery != Shop.Discovery.TRACKED
    began = shop.night_started_at
    return is_searched and (shop.discovered_at is None or (began is not None and shop.discovered_at < began))


def search_pages(shop: Shop, halt: threading.Event) -> bool:
    """Searches a claimed shop for pages. Returns whether the search is complete; the next task continues it."""

    def renew_lease() -> None:
        if halt.is_set():
            raise Halted
        Shop.objects.filter(pk=shop.pk).update(leased_until=Now() + LEASE)

    try:
        with open_downloader(shop, max_wait=MAX_WAIT, halt=halt) as downloader:
            report = discover_pages(shop, downloader, check=renew_lease)
    except Postponed as postponed:
        _release(shop, timedelta(seconds=postponed.seconds))
        return False
    except (Halted, Rejected):  # the worker stops, or the shop was paused
        _release(shop, timedelta(0))
        return False
    for problem in report.problems:
        logger.warning("Search for pages of %s: %s", shop.pk, problem)
    return True


def read_slice(shop: Shop, halt: threading.Event) -> bool:
    """Reads due pages of a claimed shop until SLICE_SECONDS have passed. Returns whether more can be read at once."""
    deadline = time.monotonic() + SLICE_SECONDS
    try:
        with open_shop(shop, max_wait=MAX_WAIT, halt=halt) as fetcher:
            while time.monotonic() < deadline and not halt.is_set():
                if not _read_next(shop, fetcher):
                    break
    except Postponed as postponed:
        _release(shop, timedelta(seconds=postponed.seconds))
        return False
    except Halted:
        pass
    _release(shop, timedelta(0))
    return not halt.is_set() and shop.is_read and shop.pages_left > 0 and choose_page(shop) is not None


def _read_next(shop: Shop, fetcher: ShopFetcher) -> bool:
    """Reads the first due page. Returns False if there is none, or if the shop must not be read any more."""
    page = choose_page(shop)
    if page is None:
        return False
    page.shop = shop
    read_again(page, fetcher)
    active = list_read_shops().filter(pk=shop.pk, pages_left__gt=0)
    active.update(pages_left=F("pages_left") - 1, leased_until=Now() + LEASE)
    shop.refresh_from_db(fields=["state", "pages_left"])
    return shop.is_read and shop.pages_left > 0


def choose_page(shop: Shop) -> ShopPage | None:
    """The page to read next. Of a new shop only tracked ones, once enough products wait for a person to look."""
    page = next(iter(choose_pages(shop, 1)), None)
    if page and page.priority != ShopPage.Priority.TRACKED and states.needs_confirmation(shop):
        return None
    return page


def _release(shop: Shop, wait: timedelta) -> None:
    """Another worker may claim the shop after `wait`."""
    Shop.objects.filter(pk=shop.pk, leased_until__isnull=False).update(leased_until=Now() + wait)
