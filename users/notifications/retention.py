"""Limits how long notifications and messages are kept."""

from datetime import timedelta

from django.db.models.functions import Now

from users.models import ChannelMessage, Notification

KEPT = timedelta(days=365)
BATCH = 5_000  # Django loads the rows that it deletes, 3 KB each


def delete_old_notifications() -> None:
    """Unread ones as well. The price history is kept."""
    for model in (Notification, ChannelMessage):
        old = model._default_manager.filter(created_at__lt=Now() - KEPT)
        while keys := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            model._default_manager.filter(pk__in=keys).delete()
