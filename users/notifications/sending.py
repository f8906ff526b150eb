"""Sends a message by its channel."""

from collections.abc import Callable

from django.utils.module_loading import import_string

from users.models import Channel, ChannelMessage, Notification
from users.notifications.content import MAX_EVENTS, Content, build_content
from users.notifications.timetables import load_timetable
from users.notifications.transports import email, ntfy, webhook

Kind = Channel.Kind
Send = Callable[[ChannelMessage, Content], None]
TRANSPORTS: dict[str, Send] = {Kind.EMAIL: email.send, Kind.WEBHOOK: webhook.send, Kind.NTFY: ntfy.send}
# Programs, which webhooks are for, receive all events.
LIMITS: dict[str, int | None] = {Kind.WEBHOOK: None, Kind.NTFY: ntfy.MAX_EVENTS}
APPRISE = "users.notifications.transports.apprise_urls.send"


def send(message: ChannelMessage) -> bool:
    """Returns False, without sending, if all events of the message are outdated. Raises SendingFailed."""
    kind, zone = Kind(message.channel.kind), load_timetable(message.channel).zone
    notifications = Notification.objects.filter(deliveries__message=message).order_by("pk")
    content = build_content(list(notifications), zone, limit=LIMITS.get(kind, MAX_EVENTS))
    if content is None:
        return False
    find_transport(kind)(message, content)
    return True


def find_transport(kind: str) -> Send:
    """Loads Apprise only where the operator has set addresses, because the package is optional."""
    transport: Send = import_string(APPRISE) if kind == Kind.APPRISE else TRANSPORTS[kind]
    return transport
