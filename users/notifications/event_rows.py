"""Stores events as rows of the outbox."""

from collections.abc import Iterable

from django.utils import timezone

from core.db.bulk import insert
from users.models import Notification
from users.notifications.events import Event

COLUMNS = ["recipient", "kind", "watch", "observation", "dedupe_key", "payload", "created_at"]


def insert_events(events: Iterable[Event]) -> bool:
    """Stores new events and skips those that are stored already. Returns False if there are none to store."""
    now = timezone.now()
    rows = [
        (each.recipient, each.kind, each.watch, each.observation, each.dedupe_key, each.payload, now) for each in events
    ]
    if rows:
        insert(Notification, COLUMNS, rows, ignore_conflicts=True)
    return bool(rows)
