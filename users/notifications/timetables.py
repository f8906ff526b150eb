"""The timetables of readers."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from users.accounts.signals import account_changed
from users.models import Channel, Delivery, Notification, NotificationPreferences, User
from users.notifications.schedule import Timetable
from users.time_zones import DEFAULT, load_time_zone


def load_preferences(user: User) -> NotificationPreferences:
    """The stored preferences of a reader, or the defaults, unsaved."""
    return NotificationPreferences.objects.filter(user=user).first() or NotificationPreferences(user=user)


@transaction.atomic
def change_preferences(user: User, changes: Mapping[str, Any]) -> NotificationPreferences:
    """Messages that wait are sent at the new times."""
    former = make_timetable(user, load_preferences(user))
    preferences, _ = NotificationPreferences.objects.update_or_create(user=user, defaults=dict(changes))
    reschedule(user)
    _end_quiet_hours(user, former, make_timetable(user, preferences))
    return preferences


def _end_quiet_hours(user: User, former: Timetable, present: Timetable) -> None:
    """Channels that pause until the end of the former quiet hours try again. Workers follow the new ones."""
    if (former.zone, former.quiet) == (present.zone, present.quiet):
        return
    paused = Channel.objects.filter(owner=user, retry_at__gt=timezone.now()).values_list("pk", "retry_at")
    ended = [pk for pk, retry_at in paused if retry_at and former.is_end_of_quiet_hours(retry_at)]
    Channel.objects.filter(pk__in=ended).update(retry_at=None)


@receiver(account_changed)
def follow_time_zone(*, user: User, former: User, fields: Collection[str], **_: Any) -> None:
    if "time_zone" in fields:
        preferences = load_preferences(user)
        reschedule(user)
        _end_quiet_hours(user, make_timetable(former, preferences), make_timetable(user, preferences))


def make_timetable(user: User | None, preferences: NotificationPreferences | None) -> Timetable:
    """The operator has no quiet hours. A time zone that this machine lacks is UTC."""
    zone = load_time_zone(user.time_zone if user else DEFAULT) or load_time_zone(DEFAULT)
    assert zone is not None  # every machine has UTC
    if preferences is None:
        return Timetable(zone=zone)
    quiet = (preferences.quiet_from, preferences.quiet_until)
    return Timetable(
        zone=zone,
        quiet=quiet if quiet[0] is not None and quiet[1] is not None else None,  # type: ignore[arg-type]
        digest_time=preferences.digest_time,
        weekday=preferences.weekday,
    )


def load_timetable(channel: Channel) -> Timetable:
    """That of the owner. Load many channels with `owner__notification_preferences`."""
    preferences = getattr(channel.owner, "notification_preferences", None) if channel.owner else None
    return make_timetable(channel.owner, preferences)


def find_due(channel: Channel, at: datetime) -> datetime:
    """When an event of this time is due."""
    return load_timetable(channel).find_due(at, channel.schedule)


def lock_channels(owner: int) -> None:
    """Serializes the changes of a reader's channels. Not the keys, to which new deliveries refer."""
    list(Channel.objects.filter(owner=owner).order_by("pk").select_for_update(no_key=True).values_list("pk"))


@transaction.atomic
def reschedule(user: User) -> None:
    """Applies changed preferences, schedules or a changed time zone to waiting deliveries.

    Locks the channels before their deliveries, as workers do that send.
    """
    lock_channels(user.pk)
    now = timezone.now()
    for channel in Channel.objects.filter(owner=user).select_related("owner__notification_preferences"):
        waiting = Delivery.objects.filter(channel=channel, state=Delivery.State.WAITING, message=None)
        waiting.exclude(notification__kind=Notification.Kind.TEST).update(due_at=find_due(channel, now))
