"""The frontier: in which order pages are read, and how long it takes to read each of them once."""

from dataclasses import dataclass
from math import ceil

from django.db.models import QuerySet
from django.db.models.functions import Now

from scraping.fetching.robots import RobotsRules
from scraping.models import Shop, ShopPage

SECONDS_A_DAY = 24 * 60 * 60


def choose_pages(shop: Shop, limit: int) -> list[ShopPage]:
    """The due pages that are read next: by priority, then by the time since which they are due.

    One query for each priority, so that the index is read from the first due page on, and pages that are not due yet
    are never scanned.
    """
    chosen: list[ShopPage] = []
    for priority in ShopPage.Priority:
        if len(chosen) < limit:
            chosen += _list_due(shop, priority).order_by("due_at", "id")[: limit - len(chosen)]
    return chosen


@dataclass(frozen=True, slots=True)
class FirstPass:
    """How long it takes until each page of a shop was read once. `delay`: seconds between two requests."""

    pages: int
    delay: float
    pages_per_night: int

    @property
    def nightly_pages(self) -> int:
        """At most as many as the delay permits in 24 hours."""
        return max(1, min(self.pages_per_night, self._permitted_pages))

    @property
    def nights(self) -> int:
        return ceil(self.pages / self.nightly_pages)

    @property
    def _permitted_pages(self) -> int:
        return int(SECONDS_A_DAY / self.delay) if self.delay else self.pages_per_night

    def __str__(self) -> str:
        """For example: 12,000 pages to read, 500 a night: 24 nights."""
        if not self.pages:
            return "Every known page has been read, or waits after an error."
        text = f"{_count(self.pages, 'page')} to read, {self.nightly_pages:,} a night: {_count(self.nights, 'night')}"
        if self._permitted_pages < self.pages_per_night:
            text += f" (a delay of {self.delay:g} seconds permits no more)"
        return text


def count_first_pass_nights(shop: Shop) -> FirstPass:
    """Counts the pages that were never requested. Pages that failed wait longer, and are not counted."""
    return FirstPass(
        pages=_list_due(shop, ShopPage.Priority.NEW).count(),
        delay=max(shop.delay, _find_crawl_delay(shop)),
        pages_per_night=shop.pages_per_night,
    )


def _list_due(shop: Shop, priority: int) -> QuerySet[ShopPage]:
    return ShopPage.objects.filter(shop=shop, priority=priority, due_at__lte=Now())


def _find_crawl_delay(shop: Shop) -> float:
    """The longest Crawl-delay of the robots.txt files that were read last."""
    return max((RobotsRules(text).crawl_delay for text in shop.robots.values()), default=0.0)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
