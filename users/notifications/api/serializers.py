"""Serializers of notifications and channels."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.api.serializers import StrictBooleanField, StrictCharField, StrictChoiceField, StrictSerializer
from users.models import Channel, Delivery, Notification
from users.models.channel import MAX_ADDRESS
from users.notifications.channels import KIND_CHOICES

FACTS = {
    "book": 1, "title": "Emma", "rule": "at or below £6.00", "old": "9.50", "new": "5.00", "currency": "GBP",
    "target": "6.00", "lowest": "5.00", "in_stock": True, "observed_at": "2026-05-04T12:00:00+00:00",
}  # fmt: skip


@extend_schema_serializer(component_name="NotificationDelivery")
class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """The state of a notification on its way to a channel. `error` is that of the last attempt, or
    the reason why there was none."""

    example = {
        "channel": 1, "state": "sent", "due_at": "2026-05-04T12:00:01Z", "delivered_at": "2026-05-04T12:00:03Z",
        "attempts": 1, "error": "",
    }  # fmt: skip
    attempts = serializers.SerializerMethodField(help_text="How often sending it has been tried.")
    error = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = ["channel", "state", "due_at", "delivered_at", "attempts", "error"]

    def get_attempts(self, delivery: Delivery) -> int:
        return delivery.message.attempts if delivery.message else 0

    def get_error(self, delivery: Delivery) -> str:
        return delivery.error


@extend_schema_serializer(component_name="Notification")
class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """`payload` has the facts of the event. Of a watched price: `book`, `title`, `rule`, `old`, `new`, `currency`,
    `target`, `lowest`, `in_stock` and `observed_at`.
    """

    example = {
        "id": 1, "kind": "price_watch", "watch": 1, "payload": FACTS, "created_at": "2026-05-04T12:00:00Z",
        "read_at": None, "deliveries": [DeliverySerializer.example],
    }  # fmt: skip
    watch = serializers.IntegerField(
        source="watch_id", allow_null=True, read_only=True, help_text="Null if the watch was deleted."
    )
    deliveries = DeliverySerializer(many=True, read_only=True)
    payload = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "kind", "watch", "payload", "created_at", "read_at", "deliveries"]

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_payload(self, notification: Notification) -> dict[str, Any]:
        return dict(notification.payload)


@extend_schema_serializer(component_name="NotificationChange")
class ReadSerializer(StrictSerializer):
    """Whether the notification was read."""

    example = {"read": True}
    read = StrictBooleanField()


@extend_schema_serializer(component_name="MarkedNotifications")
class MarkedSerializer(serializers.Serializer[Any]):
    example = {"marked": 3}
    marked = serializers.IntegerField(help_text="The number of notifications that were unread.")


REASONS = [choice for choice in Channel.Reason.choices if choice[0]]


class ReasonField(serializers.ChoiceField):
    def to_representation(self, value: str) -> Any:
        return value or None


@extend_schema_serializer(component_name="Channel")
class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A channel of the caller. Nothing is sent before `confirmed_at` and after `disabled_at`."""

    example = {
        "id": 1, "kind": "webhook", "address": "https://hooks.example.org/colophon", "schedule": "at_once",
        "confirmed_at": "2026-05-04T12:00:00Z", "disabled_at": None, "disabled_reason": None, "failures": 0,
        "retry_at": None, "last_error": "", "last_sent_at": None, "created_at": "2026-05-04T12:00:00Z",
    }  # fmt: skip
    disabled_reason = ReasonField(
        REASONS,
        read_only=True,
        allow_null=True,
        help_text="Null if it is switched on.",
    )
    failures = serializers.IntegerField(read_only=True, help_text="Failed attempts in a row.")

    class Meta:
        model = Channel
        fields = [
            "id", "kind", "address", "schedule", "confirmed_at", "disabled_at", "disabled_reason", "failures",
            "retry_at", "last_error", "last_sent_at", "created_at",
        ]  # fmt: skip


@extend_schema_serializer(component_name="ChannelWithSecret")
class ChannelSecretSerializer(ChannelSerializer):
    """`secret` signs the requests of a webhook. No other response contains it; it is empty for other channels."""

    example = {**ChannelSerializer.example, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    secret = serializers.SerializerMethodField()

    class Meta(ChannelSerializer.Meta):
        fields = [*ChannelSerializer.Meta.fields, "secret"]

    def get_secret(self, channel: Channel) -> str:
        return channel.secret if channel.kind == Channel.Kind.WEBHOOK else ""


@extend_schema_serializer(component_name="NewChannel")
class NewChannelSerializer(StrictSerializer):
    """A channel to add."""

    example = {"kind": "webhook", "address": "https://hooks.example.org/colophon", "schedule": "at_once"}
    kind = StrictChoiceField(choices=KIND_CHOICES)
    address = StrictCharField(
        max_length=MAX_ADDRESS, help_text="An e-mail address, or the http(s) address of a webhook or an ntfy topic."
    )
    schedule = StrictChoiceField(choices=Channel.Schedule.choices, default=Channel.Schedule.AT_ONCE)
    token = StrictCharField(
        max_length=200, default="", allow_blank=True, help_text="The access token of an ntfy topic, if it needs one."
    )


@extend_schema_serializer(component_name="ChannelChange")
class ChannelChangeSerializer(StrictSerializer):
    """When a channel sends."""

    example = {"schedule": "daily"}
    schedule = StrictChoiceField(choices=Channel.Schedule.choices, required=False)
    is_enabled = StrictBooleanField(required=False)
