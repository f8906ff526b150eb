"""Apprise: events for the operator, to the addresses of APPRISE_URLS. Needs the package `apprise`."""

import apprise
from django.conf import settings

from users.models import ChannelMessage
from users.notifications.content import Content
from users.notifications.errors import SendingFailed
from users.notifications.items import Item
from users.notifications.links import absolute_url


def send(message: ChannelMessage, content: Content) -> None:
    """Raises SendingFailed if a service did not accept the message."""
    services = apprise.Apprise()
    if not all(services.add(url) for url in settings.APPRISE_URLS):
        raise SendingFailed("APPRISE_URLS has an address that Apprise does not know.")
    body = "\n\n".join([*(_write_item(message, item) for item in content.items), content.more_text]).strip()
    if not services.notify(title=content.subject, body=body, body_format=apprise.NotifyFormat.TEXT):
        raise SendingFailed("Apprise could not deliver the message to all services.")


def _write_item(message: ChannelMessage, item: Item) -> str:
    lines = [item.heading, *item.lines, absolute_url(message.channel, item.path)]
    return "\n".join(line for line in lines if line)
