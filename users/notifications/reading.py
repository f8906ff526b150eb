"""Reads a user's notifications, and marks them as read."""

from collections.abc import Collection

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from core.pagination.page_number import count_up_to
from users.models import Delivery, Notification, User

MAX_UNREAD = 99  # counted for the header


def find_notifications(user: User) -> QuerySet[Notification]:
    """With their deliveries, newest first."""
    deliveries = Delivery.objects.select_related("channel", "message")
    return Notification.objects.filter(recipient=user).prefetch_related(Prefetch("deliveries", deliveries))


def count_unread(user: User) -> int:
    """At most one more than MAX_UNREAD."""
    return count_up_to(Notification.objects.unread().filter(recipient=user).order_by(), MAX_UNREAD + 1)


def mark_read(user: User, keys: Collection[int] | None = None) -> int:
    """Marks these notifications, or all. Returns how many were unread."""
    unread = Notification.objects.unread().filter(recipient=user)
    number: int = (unread if keys is None else unread.filter(pk__in=keys)).update(read_at=timezone.now())
    return number
