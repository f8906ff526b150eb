"""Absolute addresses in messages."""

from urllib.parse import urlsplit

from django.conf import settings

from users.models import Channel


def absolute_url(channel: Channel, path: str) -> str:
    """Empty if neither PUBLIC_URL nor the channel states the address of the pages."""
    origin = settings.PUBLIC_URL or _remove_path(channel.origin)
    return f"{origin}{path}" if origin else ""


def _remove_path(address: str) -> str:
    """Earlier versions stored the address of the page on which the channel was added."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
