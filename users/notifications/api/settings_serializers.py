"""Serializers of the preferences of notifications and of the private feed."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.api.serializers import StrictBooleanField, StrictIntegerField, StrictSerializer
from users.models import NotificationPreferences
from users.models.channel import EMPTY_QUIET_HOURS

CLOCK = "%H:%M"
CLOCK_PATTERN = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
STAFF_FIELDS = ("staff_runs", "staff_reviews")


@extend_schema_field({"type": "string", "pattern": f"^{CLOCK_PATTERN.pattern}$", "example": "22:00"})
class ClockField(serializers.TimeField):
    """Hours and minutes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format=CLOCK, input_formats=[CLOCK], **options)

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not CLOCK_PATTERN.fullmatch(value):
            self.fail("invalid", format="hh:mm, such as 22:00")
        return super().to_internal_value(value)


@extend_schema_serializer(component_name="NotificationPreferences")
class PreferencesSerializer(StrictSerializer):
    """When messages are sent. All times are in the time zone of the account."""

    example = {
        "quiet_from": "22:00", "quiet_until": "07:00", "digest_time": "08:00", "weekday": 0, "staff_runs": False,
        "staff_reviews": False,
    }  # fmt: skip
    quiet_from = ClockField(
        required=False, allow_null=True, help_text="Start of the quiet hours, in which nothing is sent."
    )
    quiet_until = ClockField(required=False, allow_null=True, help_text="End of the quiet hours.")
    digest_time = ClockField(required=False, help_text="The time of daily and weekly messages.")
    weekday = StrictIntegerField(
        required=False, min_value=0, max_value=6, help_text="The day of weekly messages; 0 is Monday."
    )
    staff_runs = StrictBooleanField(
        required=False, help_text="Staff only: failed and rejected crawls, and paused shops."
    )
    staff_reviews = StrictBooleanField(required=False, help_text="Staff only: prices that wait for review.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        preferences = self.instance
        assert isinstance(preferences, NotificationPreferences)
        start, end = (attrs.get(name, getattr(preferences, name)) for name in ("quiet_from", "quiet_until"))
        if (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            raise serializers.ValidationError({missing: "State the start and the end of the quiet hours, or neither."})
        if start is not None and start == end and attrs.keys() & {"quiet_from", "quiet_until"}:
            raise serializers.ValidationError({"quiet_until": EMPTY_QUIET_HOURS})
        for name in STAFF_FIELDS:
            if attrs.get(name) and not preferences.user.is_staff:
                raise serializers.ValidationError({name: "Only staff get these notifications."})
        return attrs


@extend_schema_serializer(component_name="PrivateFeed")
class FeedSerializer(serializers.Serializer[Any]):
    """The Atom feed of the caller's notifications."""

    example = {"has_address": True}
    has_address = serializers.BooleanField(help_text="Whether the feed has an address.")


@extend_schema_serializer(component_name="PrivateFeedAddress")
class FeedAddressSerializer(serializers.Serializer[Any]):
    """The new address of the feed. It contains the secret, which no other response contains."""

    example = {"url": "https://colophon.example.org/notifications/feed?key=9yQ1c6b2"}
    url = serializers.CharField()
