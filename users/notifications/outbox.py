"""The outbox: events are stored in the transaction that causes them, and a background task sends them."""

from collections.abc import Iterable

from django.db import transaction

from users.notifications.event_rows import insert_events
from users.notifications.events import Event
from users.notifications.tasks import wake


def store_events(events: Iterable[Event]) -> None:
    """Stores new events and skips those that are stored already. Call it in the transaction that causes them.

    A worker sends them after the commit. If the queue is lost, the periodic job does so.
    """
    if insert_events(events):
        transaction.on_commit(wake, robust=True)
