"""Reads request bodies on the event loop, within the limits of time and size.

A thread that reads a slow client's body can do nothing else, and a few such clients would occupy all threads.
"""

import asyncio
from contextlib import AsyncExitStack
from io import BytesIO, RawIOBase
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from granian.rsgi import HTTPProtocol, ProtocolClosed, ProtocolError

BODYLESS_METHODS = {"GET", "HEAD"}
Environ = dict[str, Any]

# At most 32 bodies over 64 KB are in memory at once. Others wait for a slot, within BODY_SECONDS.
LARGE_BODY_BYTES = 64 * 1024
large_body_slots = asyncio.Semaphore(32)
unfinished_uploads: dict[asyncio.Timeout, None] = {}  # large ones with their time limits, oldest first


async def read_body(environ: Environ, protocol: HTTPProtocol, resources: AsyncExitStack) -> "BytesIO | UnreadableBody":
    """Returns the complete body, or an object that raises the reason when the view reads it."""
    length = declared_length(environ)
    has_body = environ["REQUEST_METHOD"] not in BODYLESS_METHODS and (length or "HTTP_TRANSFER_ENCODING" in environ)
    if not has_body:
        return BytesIO()
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return UnreadableBody(RequestDataTooBig())
    content = await receive_in_time(protocol, resources)
    if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        environ["CONTENT_LENGTH"] = str(len(content))
        return UnreadableBody(RequestDataTooBig())
    # Granian does not report an interrupted body. A chunked one has no length: there the JSON must be complete.
    if len(content) < (length or 1):
        environ["CONTENT_LENGTH"] = "1"  # without a length Django would treat the body as empty
        return UnreadableBody(UnreadablePostError("The request body did not arrive in time."))
    environ["CONTENT_LENGTH"] = str(len(content))
    return BytesIO(content)


def declared_length(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def receive_in_time(protocol: HTTPProtocol, resources: AsyncExitStack) -> bytes:
    """Returns nothing if the body does not arrive completely within BODY_SECONDS."""
    try:
        async with asyncio.timeout(settings.BODY_SECONDS) as limit:
            return await receive(protocol, resources, limit)
    except (TimeoutError, ProtocolError, ProtocolClosed):
        return b""


async def receive(protocol: HTTPProtocol, resources: AsyncExitStack, limit: asyncio.Timeout) -> bytes:
    """Reads until just past the size limit, so that the caller can see an excess.

    A body takes a slot once 64 KB have arrived (not when Content-Length announces it) and frees it after the response.
    """
    content, has_slot = bytearray(), False
    try:
        async for chunk in protocol:
            content += chunk
            if len(content) > LARGE_BODY_BYTES and not has_slot:
                has_slot = True
                await take_slot(resources, limit)
            if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                break
    finally:
        unfinished_uploads.pop(limit, None)
    return bytes(content)


async def take_slot(resources: AsyncExitStack, limit: asyncio.Timeout) -> None:
    """If no slot is free, cancels the oldest unfinished upload, so that stalled clients cannot block others."""
    oldest = next((upload for upload in unfinished_uploads if not upload.expired()), None)
    if large_body_slots.locked() and oldest:
        del unfinished_uploads[oldest]
        oldest.reschedule(asyncio.get_running_loop().time())
    await resources.enter_async_context(large_body_slots)
    unfinished_uploads[limit] = None


class UnreadableBody(RawIOBase):
    """A body that raises `reason` when it is read."""

    def __init__(self, reason: Exception) -> None:
        self.reason = reason

    def read(self, size: int = -1) -> NoReturn:
        raise self.reason
