"""Notifications: the outbox of events for readers and staff, and the list on the pages."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from books.models import PriceObservation
from users.models.watch import PriceWatch

MAX_DEDUPE_KEY = 200


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """An event for one recipient, stored in the transaction that caused it. Without a recipient it is the operator's.

    `dedupe_key` identifies the event, so that a repetition is not stored again; the event of a watch is identified by
    the watch and the observation. `payload` has the facts at the time of the event as JSON
    (users.notifications.events). `dispatched_at` is when its deliveries were created.
    """

    class Kind(models.TextChoices):
        PRICE_WATCH = "price_watch", "Watched price"
        RUN_FAILED = "staff_run_failed", "Crawl failed"
        RUN_REJECTED = "staff_run_rejected", "Crawl rejected"
        SHOP_PAUSED = "staff_shop_paused", "Shop paused"
        REVIEW_WAITING = "staff_review_waiting", "Prices to review"
        CHANNEL_DISABLED = "channel_disabled", "Channel switched off"
        TEST = "test", "Test"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=32, choices=Kind.choices)
    # The unique constraint has an index that starts with the watch.
    watch = models.ForeignKey(PriceWatch, models.SET_NULL, null=True, related_name="notifications", db_index=False)
    observation = models.ForeignKey(PriceObservation, models.SET_NULL, null=True, related_name="notifications")
    dedupe_key = models.CharField(max_length=MAX_DEDUPE_KEY)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_of_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["id"], condition=Q(dispatched_at=None), name="notification_undispatched"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["watch", "observation"], name="one_notification_a_watch_observation"),
            models.UniqueConstraint(
                fields=["recipient", "dedupe_key"], condition=Q(watch=None), name="one_notification_an_event"
            ),
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(recipient=None), name="one_operator_notification_an_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.dedupe_key})"
