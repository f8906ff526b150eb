"""What staff look at: a crawl that is running, and prices that wait for review."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from books.models import Book, HeldPrice
from scraping.models import ScrapeRun

REVIEWS = 6
PERCENT = (20, 500)  # of the known price
HEARTBEAT_SECONDS = 5


def add_reviews() -> None:
    """Prices far below and far above the known ones."""
    books = Book.objects.filter(source="books_to_scrape", price__isnull=False).order_by("-title_key")
    for number, book in enumerate(books[:REVIEWS]):
        assert book.price is not None
        percent = PERCENT[number % 2]
        HeldPrice.objects.create(
            book=book,
            price=(book.price * percent / 100).quantize(Decimal("0.01")),
            currency=book.currency,
            availability=book.availability,
            reason=f"{percent}% of the price that is known.",
        )


def add_running_crawl() -> int:
    """Returns the primary key of the run."""
    run = ScrapeRun.objects.create(
        site="books_to_scrape", trigger=ScrapeRun.Trigger.ADMIN, started_at=timezone.now(), attempts=1, listed=1000,
        requests=395, seen=334, updated=12, unchanged=321, held=1, host="another host",
    )  # fmt: skip
    return run.pk


@contextmanager
def keep_running(run: int) -> Iterator[None]:
    """Sends the heartbeats of the crawl. Without them, a worker would continue it to its end."""
    stop = threading.Event()
    thread = threading.Thread(target=_send_heartbeats, args=(run, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _send_heartbeats(run: int, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        ScrapeRun.objects.filter(pk=run).update(heartbeat_at=Now())
    connection.close()
