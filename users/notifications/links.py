"""Absolute addresses in messages."""

from django.conf import settings

from users.models import Channel


def absolute_url(channel: Channel, path: str) -> str:
    """Empty if neither PUBLIC_URL nor the channel states the address of the pages."""
    origin = settings.PUBLIC_URL or channel.origin
    return f"{origin}{path}" if origin else ""
