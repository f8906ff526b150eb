"""ntfy: one POST to the topic, with the title, the link, the priority and the tags as headers."""

from email.header import Header

from django.urls import reverse

from users.models import ChannelMessage, Notification
from users.notifications.content import Content
from users.notifications.items import Item
from users.notifications.links import absolute_url
from users.notifications.outgoing import post

MAX_EVENTS = 5
MAX_BYTES = 4_000  # ntfy.sh turns longer messages into attachments
DEFAULT_PRIORITY, HIGH_PRIORITY = "3", "4"
STAFF_KINDS = (Notification.Kind.RUN_FAILED, Notification.Kind.RUN_REJECTED, Notification.Kind.SHOP_PAUSED)


def send(message: ChannelMessage, content: Content) -> None:
    """Raises SendingFailed."""
    post(message.channel.address, body=write_text(content), headers=make_headers(message, content))


def make_headers(message: ChannelMessage, content: Content) -> dict[str, str]:
    """Servers since ntfy 2.16 replace an earlier message with the same Sequence-ID, so that a repetition is one."""
    is_urgent = any(item.kind in STAFF_KINDS for item in content.items)
    path = content.items[0].path if len(content.items) == 1 else reverse("web:notifications")
    headers = {
        "Title": encode_header(content.subject),
        "Click": absolute_url(message.channel, path),
        "Priority": HIGH_PRIORITY if is_urgent else DEFAULT_PRIORITY,
        "Tags": "warning" if is_urgent else "books",
        "X-Sequence-ID": message.key.hex,
        "Idempotency-Key": str(message.key),
        "Authorization": f"Bearer {message.channel.secret}" if message.channel.secret else "",
    }
    return {name: value for name, value in headers.items() if value}


def encode_header(text: str) -> str:
    """ASCII as it is; other text as an encoded word on one line (RFC 2047), which ntfy decodes."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=10_000).encode()


def write_text(content: Content) -> bytes:
    parts = [_write_item(item) for item in content.items] + ([content.more_text] if content.more else [])
    return "\n\n".join(parts).encode()[:MAX_BYTES].decode(errors="ignore").encode()


def _write_item(item: Item) -> str:
    return "\n".join([item.heading, *item.lines])
