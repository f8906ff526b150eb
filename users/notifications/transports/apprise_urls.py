"""Apprise: events for the operator, to the addresses of APPRISE_URLS. Needs the package `apprise`."""

import apprise
from django.conf import settings

from users.models import ChannelMessage
from users.notifications.content import Content
from users.notifications.errors import SendingFailed


def send(message: ChannelMessage, content: Content) -> None:
    """Raises SendingFailed if a service did not accept the message."""
    services = apprise.Apprise()
    if not all(services.add(url) for url in settings.APPRISE_URLS):
        raise SendingFailed("APPRISE_URLS has an address that Apprise does not know.")
    parts = ["\n".join([item.heading, *item.lines]) for item in content.items]
    if not services.notify(title=content.subject, body="\n\n".join([*parts, content.more_text]).strip()):
        raise SendingFailed("Apprise could not deliver the message to all services.")
