"""The application as the web server loads it: whole requests in, whole answers out.

A thread that waits for a slow client's body does nothing else, and a handful of such clients would hold them all. So
the body is awaited here, beside the threads, for as long and as much as the limits allow; a thread gets it whole.
"""

import asyncio
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from io import BytesIO, RawIOBase
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from granian.rsgi import Headers, HTTPProtocol, ProtocolClosed, ProtocolError, Scope

from config.wsgi import application as django

BODYLESS = {"GET", "HEAD"}
LONGEST_ACCEPT = 2_000  # characters; no browser sends so many, and Django compares each type with each
PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
WSGI = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}

# What may have to wait for Open Library: when that hangs, these wait and nobody else does.
OUTSIDE = re.compile(r"(GET|HEAD) (/api)?/search|POST (/save|/api/library)")

Answer = tuple[int, list[tuple[str, str]], bytes]
threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="web")
outside_threads = ThreadPoolExecutor(settings.OUTSIDE_THREADS, thread_name_prefix="outside")

# Of bodies past this size so many are in memory at a time; the others wait, within BODY_SECONDS, to be read on
LARGE = 64 * 1024
large_bodies = asyncio.Semaphore(32)
receiving: dict[
    asyncio.Timeout, None
] = {}  # those of them that have not come whole, by their time limits, oldest first


async def application(scope: Scope, protocol: HTTPProtocol) -> None:
    asked = environ(scope)
    async with AsyncExitStack() as held:
        asked["wsgi.input"] = await body(asked, protocol, held)
        pool = outside_threads if asks_outside(asked) else threads
        status, headers, content = await asyncio.get_running_loop().run_in_executor(pool, answer, asked)
    if content:
        protocol.response_bytes(status, headers, content)
    else:
        protocol.response_empty(status, headers)


def asks_outside(asked: dict[str, Any]) -> bool:
    return OUTSIDE.fullmatch(f"{asked['REQUEST_METHOD']} {asked['PATH_INFO'].rstrip('/')}") is not None


async def body(asked: dict[str, Any], protocol: HTTPProtocol, held: AsyncExitStack) -> "BytesIO | Unread":
    """The body whole. One that is too large is not waited for."""
    length = declared_length(asked)
    is_sent = asked["REQUEST_METHOD"] not in BODYLESS and (length or "HTTP_TRANSFER_ENCODING" in asked)
    if not is_sent:
        return BytesIO()
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return Unread(RequestDataTooBig())
    content = await received(protocol, held)
    if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        asked["CONTENT_LENGTH"] = str(len(content))
        return Unread(RequestDataTooBig())
    # The server tells nothing of a body that broke off. In chunks it has no length: there the JSON has to have its end.
    if len(content) < (length or 1):
        asked["CONTENT_LENGTH"] = "1"  # Django reads no body without a length: it would pass for an empty one
        return Unread(UnreadablePostError("The body did not come whole in time."))
    asked["CONTENT_LENGTH"] = str(len(content))
    return BytesIO(content)


async def received(protocol: HTTPProtocol, held: AsyncExitStack) -> bytes:
    """Nothing, where it does not come whole in time."""
    try:
        async with asyncio.timeout(settings.BODY_SECONDS) as limit:
            return await read(protocol, held, limit)
    except (TimeoutError, ProtocolError, ProtocolClosed):
        return b""


def declared_length(asked: dict[str, Any]) -> int:
    length = asked.get("CONTENT_LENGTH", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def read(protocol: HTTPProtocol, held: AsyncExitStack, limit: asyncio.Timeout) -> bytes:
    """Up to the limit of size, and a little more by which it is seen that there is more.

    A large one has its place among them from when it is large, not from when it says so, until it is answered.
    """
    content, is_large = bytearray(), False
    try:
        async for piece in protocol:
            content += piece
            if len(content) > LARGE and not is_large:
                is_large = True
                await take_place(held, limit)
            if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                break
    finally:
        receiving.pop(limit, None)
    return bytes(content)


async def take_place(held: AsyncExitStack, limit: asyncio.Timeout) -> None:
    """Where there is none, whoever has been sending for the longest gives way: who stops half-way keeps nobody out."""
    slowest = next((each for each in receiving if not each.expired()), None)
    if large_bodies.locked() and slowest:
        del receiving[slowest]
        slowest.reschedule(asyncio.get_running_loop().time())
    await held.enter_async_context(large_bodies)
    receiving[limit] = None


class Unread(RawIOBase):
    """A body that is not there to be read: whoever reads it is told why."""

    def __init__(self, reason: Exception) -> None:
        self.reason = reason

    def read(self, size: int = -1) -> NoReturn:
        raise self.reason


def environ(scope: Scope) -> dict[str, Any]:
    """The request as PEP 3333 has it, but for its body."""
    name, _, port = scope.server.rpartition(":")
    asked = {
        **WSGI,
        "REQUEST_METHOD": scope.method.upper(),  # as Django will take it
        "PATH_INFO": native(scope.path),
        "QUERY_STRING": native(scope.query_string),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for header, value in values(scope.headers):
        # With an underscore one would pass for the proxy's own: X_Forwarded_For.
        if "_" not in header:
            key = PLAIN.get(header) or f"HTTP_{header.upper().replace('-', '_')}"
            joint = "; " if header == "cookie" else ","  # RFC 6265, RFC 9110
            asked[key] = f"{asked[key]}{joint}{value}" if key in asked else value
    if len(str(asked.get("HTTP_ACCEPT", ""))) > LONGEST_ACCEPT:
        del asked["HTTP_ACCEPT"]
    return asked


def values(headers: Headers) -> list[tuple[str, str]]:
    """Each name's: where none of them is ASCII, which the server leaves out, a question mark, and so it is refused."""
    readable = headers.items()
    missing = set(headers.keys()) - {name for name, _ in readable}
    return [*readable, *((name, "?") for name in missing)]


def native(text: str) -> str:
    """PEP 3333: the bytes, each as a character."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode("latin-1")


def answer(asked: dict[str, Any]) -> Answer:
    began: list[Any] = []
    response: Any = django(asked, lambda *said: began.extend(said))  # type: ignore[arg-type]  # nobody writes
    try:
        content = b"".join(response)
    finally:
        response.close()
    return int(began[0][:3]), began[1], content
