"""The RSGI application: reads whole requests on the event loop, then runs Django in a thread.

A thread that reads a slow client's body can do nothing else, and a few such clients would occupy all threads. The body
is therefore read here, within the limits of time and size, and a thread receives it complete.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from io import BytesIO, RawIOBase
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from granian.rsgi import Headers, HTTPProtocol, ProtocolClosed, ProtocolError, Scope

from config.wsgi import application as wsgi_application

BODYLESS_METHODS = {"GET", "HEAD"}
MAX_ACCEPT_LENGTH = 2_000  # characters; browsers send fewer, and Django compares each pair of types
CGI_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
WSGI_VARIABLES = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}

Environ = dict[str, Any]
Response = tuple[int, list[tuple[str, str]], bytes]
threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="web")

# At most 32 bodies over 64 KB are in memory at once. Others wait for a slot, within BODY_SECONDS.
LARGE_BODY_BYTES = 64 * 1024
large_body_slots = asyncio.Semaphore(32)
unfinished_uploads: dict[asyncio.Timeout, None] = {}  # large ones with their time limits, oldest first


async def application(scope: Scope, protocol: HTTPProtocol) -> None:
    environ = build_environ(scope)
    async with AsyncExitStack() as resources:
        environ["wsgi.input"] = await read_body(environ, protocol, resources)
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(threads, call_wsgi, environ)
    if content:
        protocol.response_bytes(status, headers, content)
    else:
        protocol.response_empty(status, headers)


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


def build_environ(scope: Scope) -> Environ:
    """The request as a WSGI environ (PEP 3333) without its body."""
    name, _, port = scope.server.rpartition(":")
    environ = {
        **WSGI_VARIABLES,
        "REQUEST_METHOD": scope.method.upper(),  # Django compares methods in upper case
        "PATH_INFO": to_native(scope.path),
        "QUERY_STRING": to_native(scope.query_string),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for header, value in header_items(scope.headers):
        # A header with an underscore would be read as the proxy's: X_Forwarded_For.
        if "_" not in header:
            key = CGI_NAMES.get(header) or f"HTTP_{header.upper().replace('-', '_')}"
            separator = "; " if header == "cookie" else ","  # RFC 6265, RFC 9110
            environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    if len(str(environ.get("HTTP_ACCEPT", ""))) > MAX_ACCEPT_LENGTH:
        del environ["HTTP_ACCEPT"]
    return environ


def header_items(headers: Headers) -> list[tuple[str, str]]:
    """Granian drops header values that are not ASCII; "?" replaces them, so that the view rejects the request."""
    readable = headers.items()
    missing = set(headers.keys()) - {name for name, _ in readable}
    return [*readable, *((name, "?") for name in missing)]


def to_native(text: str) -> str:
    """A native string of PEP 3333: each byte as one character."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode("latin-1")


def call_wsgi(environ: Environ) -> Response:
    started: list[Any] = []
    response: Any = wsgi_application(environ, lambda *args: started.extend(args))  # type: ignore[arg-type]  # no write()
    try:
        content = b"".join(response)
    finally:
        response.close()
    return int(started[0][:3]), started[1], content
