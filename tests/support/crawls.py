"""Options and checks for tests of whole crawls."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from books.models import Book, PriceObservation
from books.models.price import HeldPrice
from scraping.fetching.options import FetchOptions
from scraping.quality_gates import QualityThresholds
from scraping.report import ScrapeReport
from tests.fakes.shop.app import Shop

Crawl = Callable[..., ScrapeReport]

FETCH_OPTIONS = FetchOptions(
    delay=0, contact="tests@example.org", connections=4, private_addresses=True, retry_wait=0.01
)
THRESHOLDS = QualityThresholds(min_listed=0.8, max_unreadable=0.02, max_without=0.01, max_fill_drop=0.1)
EVERY_PAGE = timedelta(0)  # as `max_age`


def stop_after(crawl: Crawl, books: int, **options: Any) -> ScrapeReport:
    """Crawls until at least this number of books is done."""
    stop = threading.Event()
    return crawl(stop=stop, progress=lambda done, total: stop.set() if done >= books else None, **options)


def counts_add_up(report: ScrapeReport) -> bool:
    """Whether every book in the public counts has exactly one outcome."""
    counts = report.counts.as_json()
    return counts["seen"] == sum(counts[name] for name in ("created", "updated", "unchanged", "held", "failed"))


def load_catalogue() -> list[dict[str, Any]]:
    """All columns of all books and prices."""
    tables = (Book, PriceObservation, HeldPrice)
    return [dict(row) for table in tables for row in table.objects.order_by("pk").values()]


def requested_upcs(shop: Shop) -> set[str]:
    """The UPCs of the product pages that were requested since `shop.requests` was cleared."""
    return {book.upc for book in shop.stock if shop.requests[book.path]}


def change_price(shop: Shop) -> None:
    shop.faults.prices[shop.stock[7].upc] = "49.99"


def read_page(shop: Shop, path: str) -> str:
    """The HTML of a page as the shop would send it."""
    html = shop._render_html(path)
    assert html is not None
    return html
