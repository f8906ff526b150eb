"""Events for staff: failed and rejected crawls, paused shops, and prices that wait for review."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from books.staff_events import StaffEvent, staff_event
from users.models import Channel, Notification, User
from users.notifications.events import Event, Recipient
from users.notifications.outbox import store_events

Kind = Notification.Kind
KINDS = {
    StaffEvent.Kind.RUN_FAILED: Kind.RUN_FAILED,
    StaffEvent.Kind.RUN_REJECTED: Kind.RUN_REJECTED,
    StaffEvent.Kind.SHOP_PAUSED: Kind.SHOP_PAUSED,
    StaffEvent.Kind.REVIEW_WAITING: Kind.REVIEW_WAITING,
}
RUNS, REVIEWS = ("staff_runs", "scraping.view_scraperun"), ("staff_reviews", "books.view_heldprice")


@receiver(staff_event)
def store_staff_event(*, event: StaffEvent, **_: Any) -> None:
    kind = KINDS[event.kind]
    recipients = [Recipient(user, event.key) for user in find_recipients(kind)]
    store_events([Event(kind=kind, recipients=recipients, payload=event.facts)])


def find_recipients(kind: str) -> Iterable[int | None]:
    """Staff who chose these events and have the permission to view them, and the operator if APPRISE_URLS is set."""
    choice, permission = REVIEWS if kind == Kind.REVIEW_WAITING else RUNS
    wants = Q(is_active=True, is_staff=True, **{f"notification_preferences__{choice}": True})
    recipients: list[int | None] = [user.pk for user in User.objects.filter(wants) if user.has_perm(permission)]
    if settings.APPRISE_URLS:
        Channel.objects.get_or_create(kind=Channel.Kind.APPRISE, owner=None, defaults={"confirmed_at": timezone.now()})
        recipients.append(None)
    return recipients
