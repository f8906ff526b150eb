"""Services for the channels of a reader."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import Throttled

from core.db.deletion import delete_in_order
from core.db.rate_counters import count_attempt
from core.exceptions import Conflict
from users.accounts.locks import lock_reader
from users.emails import make_email_key, validate_new_email
from users.models import Channel, Delivery, Notification, User
from users.notifications import messages
from users.notifications.confirmations import request_confirmation
from users.notifications.outgoing import is_acceptable_url, is_forbidden_address
from users.notifications.tasks import wake
from users.notifications.timetables import lock_channels, reschedule
from users.notifications.transports import webhook

MAX_CHANNELS = 10  # of a reader
MAX_TESTS = 20  # by a reader in an hour
HOUR = 3600  # seconds
KINDS = (Channel.Kind.EMAIL, Channel.Kind.WEBHOOK, Channel.Kind.NTFY)
KIND_CHOICES = [(kind.value, kind.label) for kind in KINDS]
IN_USE = "You have a channel with this address already."
INVALID_URL = "Enter an http:// or https:// address without a user name or password."
PRIVATE_URL = "The address is in a private network, which Colophon does not send to. Enter a public one."
UNSENDABLE = "Enter the access token without spaces, in ASCII letters, digits and signs."
NO_TOPIC = "Enter the address with its topic, such as https://ntfy.sh/my-topic."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """`token` is the access token of an ntfy topic."""

    kind: str
    address: str
    schedule: str = Channel.Schedule.AT_ONCE
    token: str = ""


def add_channel(new: NewChannel, *, owner: User, origin: str) -> Channel:
    """`origin` is the address of the pages. An e-mail address has to be confirmed first.

    Raises Django's ValidationError, Conflict and Throttled.
    """
    kind, address = new.kind, validate_address(new.kind, new.address)
    if kind == Channel.Kind.NTFY:
        _validate_token(new.token)
    channel = Channel(owner=owner, kind=kind, address=address, schedule=new.schedule, origin=origin)
    channel.secret = webhook.make_secret() if kind == Channel.Kind.WEBHOOK else new.token
    if kind != Channel.Kind.EMAIL:
        channel.confirmed_at = timezone.now()
    with transaction.atomic():
        lock_reader(owner)  # for the limit
        _check_limits(owner, kind, address)
        channel.save()
    if kind == Channel.Kind.EMAIL:
        _request_first_confirmation(channel)
    return channel


def _request_first_confirmation(channel: Channel) -> None:
    """If the mail is refused, the channel is not added, so that the request can be repeated later."""
    try:
        request_confirmation(channel)
    except Throttled:
        delete_channel(channel)
        raise


def has_channel(owner: User) -> bool:
    """Whether notifications reach this account outside the pages."""
    return bool(Channel.objects.active().filter(owner=owner).exists())


def validate_address(kind: str, address: str) -> str:
    """The address without surrounding spaces. Raises ValidationError."""
    address = address.strip()
    if kind == Channel.Kind.EMAIL:
        _validate_email(address)
    elif not is_acceptable_url(address):
        raise ValidationError({"address": INVALID_URL})
    elif is_forbidden_address(address):
        raise ValidationError({"address": PRIVATE_URL})
    elif kind == Channel.Kind.NTFY and not address.split("://", 1)[1].partition("/")[2].strip("/"):
        raise ValidationError({"address": NO_TOPIC})
    return address


def _validate_token(token: str) -> None:
    """It is sent in a header, which cannot contain other characters."""
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ValidationError({"token": UNSENDABLE})


def _validate_email(address: str) -> None:
    try:
        validate_email(address)
        validate_new_email(address)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from error


def _check_limits(owner: User, kind: str, address: str) -> None:
    channels = list(Channel.objects.filter(owner=owner))
    if any((each.kind, _key(each.kind, each.address)) == (kind, _key(kind, address)) for each in channels):
        raise Conflict(IN_USE)
    if len(channels) >= MAX_CHANNELS:
        raise Conflict(f"You have {MAX_CHANNELS} channels, which is the limit. Delete one first.")


def _key(kind: str, address: str) -> str:
    return make_email_key(address) if kind == Channel.Kind.EMAIL else address


@transaction.atomic
def change_channel(channel: Channel, values: dict[str, Any]) -> Channel:
    """`values` can have `schedule` and `is_enabled`. Enabling a channel resets its failures.

    Raises Http404 if the channel was deleted in the meantime.
    """
    assert channel.owner_id is not None  # readers change only their own
    lock_channels(channel.owner_id)
    _reload(channel)
    assert channel.owner is not None
    if "schedule" in values:
        channel.schedule = values["schedule"]
        channel.save(update_fields=["schedule"])
        reschedule(channel.owner)
    if values.get("is_enabled") is True and channel.disabled_at is not None:
        switch_on(channel)
    if values.get("is_enabled") is False and channel.disabled_at is None:
        messages.switch_off(channel, Channel.Reason.OWNER)
    return channel


def _reload(channel: Channel) -> None:
    try:
        channel.refresh_from_db()
    except Channel.DoesNotExist as error:
        raise Http404 from error


def switch_on(channel: Channel) -> None:
    """What a worker queued while the channel was switched off is not sent."""
    channel.deliveries.filter(state=Delivery.State.WAITING).update(state=Delivery.State.FAILED)
    channel.disabled_at, channel.disabled_reason = None, Channel.Reason.NONE
    channel.failures, channel.retry_at, channel.last_error = 0, None, ""
    channel.save(update_fields=["disabled_at", "disabled_reason", "failures", "retry_at", "last_error"])


def delete_channel(channel: Channel) -> None:
    delete_in_order(Channel.objects.filter(pk=channel.pk))


def unsubscribe(channel: Channel) -> None:
    if channel.disabled_at is None:
        with transaction.atomic():
            messages.switch_off(channel, Channel.Reason.UNSUBSCRIBED)


def confirm(channel: Channel) -> None:
    if channel.confirmed_at is None:
        Channel.objects.filter(pk=channel.pk).update(confirmed_at=Now(), confirmation_due_at=None)
        channel.refresh_from_db()


def count_waiting(channel: Channel) -> int:
    """The number of notifications that have not been sent to the channel yet."""
    return channel.deliveries.filter(state=Delivery.State.WAITING).count()


def renew_secret(channel: Channel) -> str:
    """Returns the new secret. The old one is invalid at once. Raises Conflict for channels other than webhooks."""
    if channel.kind != Channel.Kind.WEBHOOK:
        raise Conflict("Only a webhook has a secret that Colophon makes.")
    channel.secret = webhook.make_secret()
    channel.save(update_fields=["secret"])
    return channel.secret


def send_test(channel: Channel) -> Notification:
    """Queues a test message, which ignores the schedule. Raises Conflict and Throttled."""
    if not channel.is_active:
        raise Conflict("Confirm the address first." if channel.confirmed_at is None else "The channel is switched off.")
    if (wait := count_attempt(f"CHANNEL_TESTS:{channel.owner_id}", limit=MAX_TESTS, seconds=HOUR)) is not None:
        raise Throttled(wait)
    notification = _store_test(channel)
    transaction.on_commit(wake, robust=True)
    return notification


@transaction.atomic
def _store_test(channel: Channel) -> Notification:
    """The failures of the channel are forgotten, so that the test is sent now."""
    now = timezone.now()
    Channel.objects.filter(pk=channel.pk).update(retry_at=None)
    notification = Notification.objects.create(
        recipient_id=channel.owner_id,
        kind=Notification.Kind.TEST,
        dedupe_key=f"test of channel {channel.pk} at {now.isoformat()}",
        payload={"channel": channel.pk, "name": str(channel)},
        created_at=now, dispatched_at=now, read_at=now,
    )  # fmt: skip
    Delivery.objects.create(notification=notification, channel=channel, due_at=now - timedelta(seconds=5))
    return notification
