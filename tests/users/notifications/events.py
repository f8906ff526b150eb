"""Events and channels for tests, and the worker that sends."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.models import Book, PriceObservation
from tests.support.factories import make_book
from users.models import Channel, PriceWatch, User, WatchRule
from users.notifications.events import Event, PriceEvent
from users.notifications.outbox import store_events
from users.notifications.tasks import wake_all
from users.notifications.transports.webhook import make_secret

MAY = datetime(2026, 5, 3, 12, tzinfo=UTC)
ORIGIN = "https://colophon.example.org"


def make_channel(owner: User, kind: str, address: str, **fields: Any) -> Channel:
    secret = make_secret() if kind == "webhook" else ""
    defaults = {"confirmed_at": timezone.now(), "origin": ORIGIN, "secret": secret}
    return Channel.objects.create(owner=owner, kind=kind, address=address, **{**defaults, **fields})


def make_priced_book(*prices: str, title: str = "Emma") -> Book:
    """A book whose price was observed once a day since 3 May 2026."""
    book = make_book(title=title, price=Decimal(prices[-1]), currency="GBP", in_stock=True)
    for day, price in enumerate(prices):
        moment = MAY.replace(day=MAY.day + day)
        PriceObservation.objects.create(book=book, price=Decimal(price), currency="GBP", observed_at=moment)
    return book


def state_again(book: Book, price: str, **fields: Any) -> None:
    """A later statement of the source."""
    PriceObservation.objects.create(book=book, price=Decimal(price), currency="GBP", **fields)


def make_event(reader: User, book: Book, **fields: Any) -> Event:
    """The reader's watch on the book fired because of its last observation."""
    watch, _ = PriceWatch.objects.get_or_create(user=reader, book=book, rule=WatchRule.LOWEST)
    last, *earlier = book.observations.order_by("-observed_at")
    defaults = {
        "observation": last.pk, "book": book.pk, "title": book.title,
        "rule": "at or below £6.00", "observed_at": last.observed_at, "new": last.price, "currency": last.currency,
        "old": earlier[0].price if earlier else None, "target": Decimal(6),
    }  # fmt: skip
    return PriceEvent(**{**defaults, **fields}).to_event([(reader.pk, watch.pk)])


def fire(reader: User, book: Book, **fields: Any) -> None:
    store_events([make_event(reader, book, **fields)])


def fire_all(reader: User, books: Iterable[Book]) -> None:
    store_events(make_event(reader, book) for book in books)


def run_worker() -> list[Any]:
    """The periodic job, and the tasks that it enqueues. Returns the outcomes of the tasks."""
    DBTaskResult.objects.all().delete()
    wake_all()
    return [row.task.func(*row.args_kwargs["args"]) for row in DBTaskResult.objects.order_by("enqueued_at")]
