"""Creates the deliveries of new notifications, and wakes the channels that have something to send."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from core.db.bulk import insert
from users.models import Channel, ChannelMessage, Delivery, Notification
from users.notifications.timetables import find_due

BATCH = 2_000  # notifications in a transaction
MAX_REPETITIONS = 3  # the periodic job dispatches what still fails
COLUMNS = ["notification", "channel", "state", "due_at"]
Undispatched = tuple[int, int | None]  # notification and recipient


def create_deliveries() -> int:
    """Creates a delivery for each active channel of each new notification's recipient. Returns their number."""
    total = 0
    while True:
        batch, created = _dispatch()
        total += created
        if batch < BATCH:
            return total


def _dispatch() -> tuple[int, int]:
    """A batch fails if one of its channels or accounts is deleted at the same time. It is repeated without them."""
    for _ in range(MAX_REPETITIONS):
        with suppress(IntegrityError):
            return _dispatch_batch()
    return _dispatch_batch()


@transaction.atomic
def _dispatch_batch() -> tuple[int, int]:
    waiting = Notification.objects.filter(dispatched_at=None).order_by("pk")
    batch: list[Undispatched] = list(waiting.select_for_update(skip_locked=True).values_list("pk", "recipient")[:BATCH])
    rows = list(_make_rows(batch, timezone.now())) if batch else []
    insert(Delivery, COLUMNS, rows, ignore_conflicts=True)
    Notification.objects.filter(pk__in=[pk for pk, _ in batch]).update(dispatched_at=Now())
    return len(batch), len(rows)


def _make_rows(batch: list[Undispatched], now: datetime) -> Iterable[tuple[int, int, str, datetime]]:
    recipients = {recipient for _, recipient in batch}
    channels = Channel.objects.active().filter(Q(owner__in=recipients - {None}) | Q(owner=None))
    due: dict[int | None, list[tuple[int, datetime]]] = {}
    for channel in channels.select_related("owner__notification_preferences"):
        due.setdefault(channel.owner_id, []).append((channel.pk, find_due(channel, now)))
    for pk, recipient in batch:
        for channel_pk, due_at in due.get(recipient, ()):
            yield pk, channel_pk, Delivery.State.WAITING.value, due_at


def find_ready_channels() -> QuerySet[Channel]:
    """Channels with a due delivery, or with a message that no worker is sending."""
    deliveries = Delivery.objects.filter(
        channel=OuterRef("pk"), state=Delivery.State.WAITING, message=None, due_at__lte=Now()
    )
    messages = ChannelMessage.objects.filter(channel=OuterRef("pk"), state=ChannelMessage.State.PENDING)
    unclaimed = messages.filter(Q(claimed_until=None) | Q(claimed_until__lte=Now()))
    ready: QuerySet[Channel] = Channel.objects.usable_now().filter(Exists(deliveries) | Exists(unclaimed))
    return ready
