"""Webhooks: JSON with a signature, as the specification Standard Webhooks 1.0 describes it."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from users.models import ChannelMessage
from users.notifications.content import Content
from users.notifications.items import Item
from users.notifications.links import absolute_url
from users.notifications.outgoing import post

PREFIX = "whsec_"
KEY_BYTES = 32


def make_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def send(message: ChannelMessage, content: Content) -> None:
    """Raises SendingFailed."""
    body = json.dumps(describe(message, content), ensure_ascii=False).encode()
    post(message.channel.address, body=body, headers=make_headers(message, body, int(time.time())))


def make_headers(message: ChannelMessage, body: bytes, timestamp: int) -> dict[str, str]:
    key = str(message.key)
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(message.channel.secret, key, timestamp, body),
    }


def sign(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `key.timestamp.body`, as `v1,` and Base64."""
    signed = b".".join([key.encode(), str(timestamp).encode(), body])
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def describe(message: ChannelMessage, content: Content) -> dict[str, Any]:
    return {
        "type": "notifications",
        "id": str(message.key),
        "events": [_describe_item(message, item) for item in content.items],
    }


def _describe_item(message: ChannelMessage, item: Item) -> dict[str, Any]:
    return {
        "id": item.notification,
        "kind": item.kind,
        "summary": item.summary,
        "url": absolute_url(message.channel, item.path),
        "data": item.data,
    }
