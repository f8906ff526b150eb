"""Channels by which notifications leave Colophon, their messages, and the reader's preferences."""

from datetime import time
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from users.models.notification import Notification

MAX_ADDRESS = 500
MAX_ERROR = 300
SWITCHED_OFF = "The channel was switched off."
EMPTY_QUIET_HOURS = "The quiet hours end when they begin. Enter a different end, or remove both times."


class ChannelQuerySet(models.QuerySet["Channel"]):
    def active(self) -> Self:
        """Channels that receive notifications: confirmed, not switched off, and of an active account."""
        is_owned = Q(owner=None) | Q(owner__is_active=True)
        return self.filter(is_owned, confirmed_at__isnull=False, disabled_at=None)

    def usable_now(self) -> Self:
        """Active channels that do not wait after a failure."""
        return self.active().filter(Q(retry_at=None) | Q(retry_at__lte=Now()))


class Channel(models.Model):
    """An address of a reader. The operator's channel (Apprise) has no owner; its addresses are a setting.

    `secret` is the key of a webhook's signatures, or the access token of an ntfy topic. `origin` is the address of the
    pages for links, if PUBLIC_URL is not set. `confirmation_due_at` is when the mail is sent that asks for the
    confirmation of an address. `failures` counts failed attempts in a row; after a failure nothing is sent until
    `retry_at`. `task_id` is the task that sends next.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook"
        NTFY = "ntfy", "ntfy"
        APPRISE = "apprise", "Apprise"

    class Schedule(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Once a day"
        WEEKLY = "weekly", "Once a week"

    class Reason(models.TextChoices):
        NONE = "", ""
        OWNER = "owner", "Switched off by you"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed by a link in a mail"
        FAILURES = "failures", "Switched off after ten failed attempts in a row"
        GONE = "gone", "Switched off because its address no longer exists (410 Gone)"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="channels")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    address = models.CharField(max_length=MAX_ADDRESS, blank=True, default="")
    secret = models.CharField(max_length=200, blank=True, default="")
    schedule = models.CharField(max_length=16, choices=Schedule.choices, default=Schedule.AT_ONCE)
    origin = models.CharField(max_length=300, blank=True, default="")
    confirmation_due_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=16, choices=Reason.choices, blank=True, default=Reason.NONE)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=MAX_ERROR, blank=True, default="")
    last_sent_at = models.DateTimeField(null=True)
    task_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "address"],
                name="channel_address_unique",
                violation_error_message="You have a channel with this address already.",
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(owner=None), name="one_channel_of_the_operator"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.address}".rstrip()

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.disabled_at is None


class ChannelMessage(models.Model):
    """A message with one or more notifications. Every attempt to send it has the same `key` and the same events.

    While a worker sends it, `claimed_until` is in the future. `attempts` is the fencing token: only the worker of the
    latest attempt may store an outcome.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Being sent"
        SENT = "sent", "Sent"
        OUTDATED = "outdated", "Not sent, because the price had changed again"
        FAILED = "failed", "Failed"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="messages", db_index=False)
    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=MAX_ERROR, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["channel", "id"], name="message_of_channel"),
            models.Index(fields=["channel", "id"], condition=Q(state="pending"), name="message_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"


class Delivery(models.Model):
    """A notification on its way to a channel. It is due at `due_at`, and then becomes part of a message."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        OUTDATED = "outdated", "Not sent, because the price had changed again"
        FAILED = "failed", "Failed"

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries", db_index=False)
    message = models.ForeignKey(ChannelMessage, models.SET_NULL, null=True, related_name="deliveries")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="one_delivery_a_channel")]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=Q(state="waiting") & Q(message=None),
                name="delivery_waiting",
            ),
            models.Index(fields=["channel", "-id"], name="delivery_of_channel"),
        ]

    def __str__(self) -> str:
        return f"notification {self.notification_id} to channel {self.channel_id} ({self.state})"

    @property
    def error(self) -> str:
        """Why the last attempt failed, or why there was none; empty if neither applies."""
        if self.message:
            return self.message.last_error
        return SWITCHED_OFF if self.state == self.State.FAILED else ""


class NotificationPreferences(models.Model):
    """A reader's times of day are in the time zone of the account. `feed_hash` is of the secret in the feed's address.

    Between `quiet_from` and `quiet_until` nothing is sent. `weekday` is the day of weekly digests; 0 is Monday.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notification_preferences"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_time = models.TimeField(default=time(8))
    weekday = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    feed_hash = models.CharField(max_length=64, null=True, unique=True)
    staff_runs = models.BooleanField("failed and rejected crawls, and paused shops", default=False)
    staff_reviews = models.BooleanField("prices that wait for review", default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_both_or_neither",
                violation_error_message="State the start and the end of the quiet hours, or neither.",
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6),
                name="digest_weekday_0_to_6",
                violation_error_message="A weekday is a number from 0 (Monday) to 6 (Sunday).",
            ),
        ]

    def __str__(self) -> str:
        return f"notifications of account {self.user_id}"

    def clean(self) -> None:
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValidationError({"quiet_until": EMPTY_QUIET_HOURS})
