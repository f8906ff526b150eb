"""Reads request bodies on the event loop, within the limits of time and size.

A thread that reads a slow client's body can do nothing else, and a few such clients would occupy all threads.
"""

import asyncio
from contextlib import AsyncExitStack
from io import BytesIO, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from granian.rsgi import HTTPProtocol, ProtocolClosed, ProtocolError

from core.web.body_limits import find_body_limit

BODYLESS_METHODS = {"GET", "HEAD"}
Environ = dict[str, Any]
# A complete body: in memory, or in a file if the view accepts larger ones than the service does.
Body = BytesIO | SpooledTemporaryFile[bytes]

# At most 32 bodies over 64 KB are in memory at once. Others wait for a slot, within BODY_SECONDS.
LARGE_BODY_BYTES = 64 * 1024
large_body_slots = asyncio.Semaphore(32)
unfinished_uploads: dict[asyncio.Timeout, None] = {}  # large ones with their time limits, oldest first


async def read_body(environ: Environ, protocol: HTTPProtocol, resources: AsyncExitStack) -> "Body | UnreadableBody":
    """Returns the complete body, or an object that raises the reason when the view reads it."""
    length = declared_length(environ)
    has_body = environ["REQUEST_METHOD"] not in BODYLESS_METHODS and (length or "HTTP_TRANSFER_ENCODING" in environ)
    if not has_body:
        return BytesIO()
    max_bytes = find_body_limit(environ)
    if length > max_bytes:
        return UnreadableBody(RequestDataTooBig())
    body = await receive_in_time(protocol, resources, max_bytes)
    received = body.tell()
    body.seek(0)
    environ["CONTENT_LENGTH"] = str(received)
    if received > max_bytes:
        return UnreadableBody(RequestDataTooBig())
    # Granian does not report an interrupted body. A chunked one has no length: there the JSON must be complete.
    if received < (length or 1):
        environ["CONTENT_LENGTH"] = "1"  # without a length Django would treat the body as empty
        return UnreadableBody(UnreadablePostError("The request body did not arrive in time."))
    return body


def declared_length(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def receive_in_time(protocol: HTTPProtocol, resources: AsyncExitStack, max_bytes: int) -> Body:
    """Returns an empty body if it does not arrive completely in time: BODY_SECONDS for each 512 KB of the limit."""
    seconds = settings.BODY_SECONDS * max_bytes / settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        async with asyncio.timeout(seconds) as limit:
            return await receive(protocol, resources, limit, max_bytes)
    except (TimeoutError, ProtocolError, ProtocolClosed):
        return BytesIO()


async def receive(protocol: HTTPProtocol, resources: AsyncExitStack, limit: asyncio.Timeout, max_bytes: int) -> Body:
    """Reads until just past the size limit, so that the caller can see an excess. The position is then at the end.

    A body takes a slot once 64 KB have arrived (not when Content-Length announces it) and frees it after the response.
    """
    body, has_slot = open_body(resources, max_bytes), False
    try:
        async for chunk in protocol:
            body.write(chunk)
            if body.tell() > LARGE_BODY_BYTES and not has_slot:
                has_slot = True
                await take_slot(resources, limit)
            if body.tell() > max_bytes:
                break
    finally:
        unfinished_uploads.pop(limit, None)
    return body


def open_body(resources: AsyncExitStack, max_bytes: int) -> Body:
    """A file is deleted after the response."""
    in_memory = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if max_bytes <= in_memory:
        return BytesIO()
    folder = str(settings.FILE_UPLOAD_TEMP_DIR)
    return resources.enter_context(SpooledTemporaryFile(max_size=in_memory, dir=folder))


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
