"""Notifications and messages are deleted after a year."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.users.notifications.events import make_channel
from users.models import ChannelMessage, Delivery, Notification, User
from users.notifications import retention


def store_sent_notifications(reader: User, number: int, created_at: datetime) -> None:
    channel = make_channel(reader, "webhook", f"https://hooks.example.org/{number}")
    message = ChannelMessage.objects.create(channel=channel, key=uuid4(), state="sent", created_at=created_at)
    for each in range(number):
        notification = Notification.objects.create(
            recipient=reader, kind="test", dedupe_key=f"{created_at} {each}", created_at=created_at
        )
        Delivery.objects.create(
            notification=notification, channel=channel, message=message, state="sent", due_at=created_at
        )


def test_old_notifications_are_deleted_in_batches(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the memory does not grow with their number."""
    monkeypatch.setattr(retention, "BATCH", 2)
    now = timezone.now()
    store_sent_notifications(reader, 5, now - timedelta(days=366))
    store_sent_notifications(reader, 3, now - timedelta(days=364))
    with CaptureQueriesContext(connection) as queries:
        retention.delete_old_notifications()

    statements = [each["sql"] for each in queries if each["sql"].startswith('DELETE FROM "users_notification"')]
    assert len(statements) == 3
    models = (Notification, Delivery, ChannelMessage)
    assert [model._default_manager.count() for model in models] == [3, 3, 1]
