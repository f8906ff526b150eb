"""Stores events as rows of the outbox."""

from collections.abc import Iterable

from django.utils import timezone

from core.db.bulk import insert_groups
from users.models import Notification
from users.notifications.events import Event

FIELDS_OF_EVENT = ["kind", "observation", "payload", "created_at"]
FIELDS_OF_RECIPIENT = ["recipient", "dedupe_key", "watch"]


def insert_events(events: Iterable[Event]) -> bool:
    """Stores new events and skips those that are stored already. Returns False if there are none to store."""
    now = timezone.now()
    groups = [((each.kind, each.observation, each.payload, now), each.recipients) for each in events if each.recipients]
    insert_groups(Notification, FIELDS_OF_RECIPIENT, FIELDS_OF_EVENT, groups, ignore_conflicts=True)
    return bool(groups)
