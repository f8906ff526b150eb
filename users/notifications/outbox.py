"""The outbox: events are stored in the transaction that causes them, and a background task sends them."""

from collections.abc import Iterable

from django.utils import timezone

from core.db.bulk import insert
from users.models import Notification
from users.notifications.events import Event

COLUMNS = ["recipient", "kind", "watch", "observation", "dedupe_key", "payload", "created_at"]


def store_events(events: Iterable[Event]) -> None:
    """Stores new events and skips those that are stored already. Call it in the transaction that causes them."""
    now = timezone.now()
    rows = [
        (each.recipient, each.kind, each.watch, each.observation, each.dedupe_key, dict(each.payload), now)
        for each in events
    ]
    if rows:
        insert(Notification, COLUMNS, rows, ignore_conflicts=True)
