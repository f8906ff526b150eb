"""What tests of whole crawls ask of them."""

from datetime import timedelta
from typing import Any

from books.models import Book
from scraping.report import ScrapeReport
from tests.fakes.shop.app import Shop

EVERY_PAGE = timedelta(0)


def adds_up(report: ScrapeReport) -> bool:
    counts = report.counts
    return counts.seen == counts.created + counts.updated + counts.unchanged + counts.held + counts.failed


def stored() -> list[dict[str, Any]]:
    return [dict(row) for row in Book.objects.order_by("pk").values()]


def fetched(shop: Shop) -> set[str]:
    """The UPCs of the books whose pages were asked for since the counter was cleared."""
    return {book.upc for book in shop.stock if shop.requests[book.path]}


def change_price(shop: Shop) -> None:
    shop.faults.prices[shop.stock[7].upc] = "49.99"
