"""The links of mails that work without signing in: unsubscribing, and confirming an address.

Their tokens are signed, so nothing is stored, and they are in the query, because paths are logged.
"""

from datetime import timedelta

from django.core.signing import BadSignature, dumps, loads
from django.urls import reverse
from django.utils.http import urlencode

from users.models import Channel
from users.notifications.links import absolute_url

UNSUBSCRIBE, CONFIRM = "users.notifications.unsubscribe", "users.notifications.confirm"
CONFIRM_WITHIN = timedelta(days=7)


def unsubscribe_url(channel: Channel) -> str:
    return _make_url(channel, "web:notifications-unsubscribe", UNSUBSCRIBE)


def confirmation_url(channel: Channel) -> str:
    return _make_url(channel, "web:notifications-confirm", CONFIRM)


def find_unsubscribed(token: str) -> Channel | None:
    """The channel of a token, which is valid for as long as the channel exists."""
    return _find_channel(token, UNSUBSCRIBE, None)


def find_confirmed(token: str) -> Channel | None:
    return _find_channel(token, CONFIRM, CONFIRM_WITHIN)


def _make_url(channel: Channel, route: str, purpose: str) -> str:
    token = dumps([channel.pk, channel.address], salt=purpose)
    return absolute_url(channel, f"{reverse(route)}?{urlencode({'token': token})}")


def _find_channel(token: str, purpose: str, max_age: timedelta | None) -> Channel | None:
    """None if the token is forged or too old, or if the channel was deleted."""
    try:
        pk, address = loads(token, salt=purpose, max_age=max_age)
    except (BadSignature, ValueError, TypeError):
        return None
    found: Channel | None = Channel.objects.filter(pk=pk, address=address, kind=Channel.Kind.EMAIL).first()
    return found
