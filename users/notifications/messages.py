"""The life cycle of a message: claim, success, failure.

A claim is a lease. After its end another worker sends the message again, with the same key and the same events, because
the worker that claimed it has died. The number of attempts is the fencing token: a worker whose lease has ended cannot
store an outcome. All times are the database's.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core.text import to_printable
from users.models import Channel, ChannelMessage, Delivery, Notification
from users.models.channel import MAX_ERROR
from users.notifications.errors import SendingFailed
from users.notifications.event_rows import insert_events
from users.notifications.events import Event, Recipient
from users.notifications.timetables import load_timetable

State = ChannelMessage.State
LEASE = timedelta(minutes=3)  # longer than an attempt: each reply of a mail server may take ten seconds
MAX_EVENTS, MAX_EVENTS_OF_WEBHOOK = 1_000, 100  # in a message; a webhook receives all of them
MAX_FAILURES = 10  # in a row, after which the channel is switched off
# After each failure of the channel; the last one is repeated.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 360, 720))


@transaction.atomic
def claim_message(channel_pk: int) -> ChannelMessage | None:
    """Starts an attempt to send a channel's next message. Returns None if there is none, or if one is being sent."""
    channels = Channel.objects.usable_now().select_related("owner__notification_preferences")
    channel = channels.select_for_update(of=("self",)).filter(pk=channel_pk).first()
    if channel is None:
        return None
    message = _find_pending(channel) or _create_message(channel)
    if message is None:
        return None
    unclaimed = ChannelMessage.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=Now()), pk=message.pk)
    if not unclaimed.update(attempts=F("attempts") + 1, claimed_until=Now() + LEASE):
        return None
    return ChannelMessage.objects.select_related("channel__owner").get(pk=message.pk)


def _find_pending(channel: Channel) -> ChannelMessage | None:
    """The message of an earlier attempt. In quiet hours only a test is sent; the channel pauses until their end."""
    pending = channel.messages.filter(state=State.PENDING).order_by("pk")
    end = _find_end_of_quiet_hours(channel)
    if end is None or not pending.exists():
        return pending.first()
    channel.retry_at = end
    channel.save(update_fields=["retry_at"])
    return pending.filter(deliveries__notification__kind=Notification.Kind.TEST).first()


def _create_message(channel: Channel) -> ChannelMessage | None:
    """A message with the due notifications of the channel, oldest first."""
    waiting = channel.deliveries.filter(state=Delivery.State.WAITING, message=None, due_at__lte=Now())
    if end := _find_end_of_quiet_hours(channel):  # the worker is late
        waiting.exclude(notification__kind=Notification.Kind.TEST).update(due_at=end)
    limit = MAX_EVENTS_OF_WEBHOOK if channel.kind == Channel.Kind.WEBHOOK else MAX_EVENTS
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    if not keys:
        return None
    message = ChannelMessage.objects.create(channel=channel, key=uuid4(), created_at=timezone.now())
    Delivery.objects.filter(pk__in=keys).update(message=message)
    return message


def _find_end_of_quiet_hours(channel: Channel) -> datetime | None:
    """None if it is not in quiet hours."""
    now = timezone.now()
    end = load_timetable(channel).leave_quiet_hours(now)
    return end if end > now else None


@transaction.atomic
def finish(message: ChannelMessage, *, is_outdated: bool = False) -> bool:
    """Stores that the message was sent, or that it was outdated.

    Returns False if another worker has taken it over, or if the channel was deleted.
    """
    channel = _lock_channel(message)
    state = State.OUTDATED if is_outdated else State.SENT
    claimed = _select_claimed(message)
    if channel is None or not claimed.update(state=state, finished_at=Now(), claimed_until=None, last_error=""):
        return False
    message.deliveries.update(state=state.value, delivered_at=None if is_outdated else Now())
    if not is_outdated:
        channel.failures, channel.retry_at, channel.last_error = 0, None, ""
        channel.last_sent_at = timezone.now()
        channel.save(update_fields=["failures", "retry_at", "last_error", "last_sent_at"])
    return True


@transaction.atomic
def fail(message: ChannelMessage, error: SendingFailed) -> bool:
    """Stores the failure: the channel pauses, or is switched off. Returns False as `finish` does."""
    channel = _lock_channel(message)
    text = to_printable(str(error))[:MAX_ERROR]
    if channel is None or not _select_claimed(message).update(claimed_until=None, last_error=text):
        return False
    channel.failures, channel.last_error = channel.failures + (not error.is_ours), text
    channel.retry_at = find_retry_time(channel, timezone.now(), retry_after=error.retry_after)
    channel.save(update_fields=["failures", "last_error", "retry_at"])
    is_last = error.gone or channel.failures >= MAX_FAILURES
    if is_last and channel.owner_id is not None:
        switch_off(channel, Channel.Reason.GONE if error.gone else Channel.Reason.FAILURES)
        insert_events([_describe_disabled(channel)])
    elif is_last or error.permanent:
        _give_up(channel.messages.filter(pk=message.pk))
    return True


def find_retry_time(channel: Channel, now: datetime, *, retry_after: float | None = None) -> datetime:
    """The end of the pause after the last failure, or of the quiet hours if it is in them.

    The pause is longer if the receiver asks for it (`retry_after` seconds), but not longer than the last of PAUSES.
    """
    pause = PAUSES[max(0, min(channel.failures, len(PAUSES)) - 1)]
    if retry_after is not None:
        pause = max(pause, min(timedelta(seconds=retry_after), PAUSES[-1]))
    return load_timetable(channel).leave_quiet_hours(now + pause)


def _lock_channel(message: ChannelMessage) -> Channel | None:
    """Before its messages, as in claim_message, so that there is no deadlock. None if the channel was deleted."""
    found: Channel | None = Channel.objects.select_for_update(of=("self",)).filter(pk=message.channel_id).first()
    return found


def switch_off(channel: Channel, reason: Channel.Reason) -> None:
    """Nothing is sent to the channel any more. What waits for it is given up; the pages still list it."""
    channel.disabled_at, channel.disabled_reason = timezone.now(), reason
    channel.save(update_fields=["disabled_at", "disabled_reason"])
    _give_up(channel.messages.filter(state=State.PENDING))
    channel.deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.FAILED)


def _give_up(messages: QuerySet[ChannelMessage]) -> None:
    pending = messages.filter(state=State.PENDING)
    Delivery.objects.filter(message__in=pending).update(state=Delivery.State.FAILED)
    pending.update(state=State.FAILED, finished_at=Now(), claimed_until=None)


def _select_claimed(message: ChannelMessage) -> QuerySet[ChannelMessage]:
    """The message, if the attempt of this worker is still the latest one."""
    return ChannelMessage.objects.filter(pk=message.pk, state=State.PENDING, attempts=message.attempts)


def _describe_disabled(channel: Channel) -> Event:
    assert channel.disabled_at is not None
    key = f"channel {channel.pk} switched off at {channel.disabled_at.isoformat()}"
    return Event(
        kind=Notification.Kind.CHANNEL_DISABLED,
        recipients=[Recipient(channel.owner_id, key)],
        payload={
            "channel": channel.pk, "name": str(channel), "reason": channel.get_disabled_reason_display(),
            "error": channel.last_error,
        },
    )  # fmt: skip
