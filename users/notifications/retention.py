"""Limits how long notifications and messages are kept."""

from datetime import timedelta

from django.db.models.functions import Now

from users.models import ChannelMessage, Notification

KEPT = timedelta(days=365)


def delete_old_notifications() -> None:
    """Unread ones as well. The price history is kept."""
    Notification.objects.filter(created_at__lt=Now() - KEPT).delete()
    ChannelMessage.objects.filter(created_at__lt=Now() - KEPT).delete()
