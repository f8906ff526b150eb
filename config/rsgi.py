"""The RSGI application: reads whole requests on the event loop, then runs Django in a thread.

Two queues lead to threads: one for most requests, and a small one for requests that need no database, so that they
never wait for a database that does not respond.
"""

import sys
from contextlib import AsyncExitStack
from typing import Any

from django.conf import settings
from granian.rsgi import Headers, HTTPProtocol, Scope

from config.wsgi import application as wsgi_application  # before the modules that need Django, which it sets up

# isort: split
from config.early_responses import end_without_response, reject_invalid_framing, respond_busy
from config.request_body import read_body
from config.request_queue import ClientDisconnected, QueueFull, RequestQueue
from config.response_stream import ResponseStreams, UnfinishedStream
from core.web.database_free import needs_no_database

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
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

MAX_WAITING = 200  # requests of each queue
requests = RequestQueue(threads=settings.WEB_THREADS, max_waiting=MAX_WAITING, name="web")
streams = ResponseStreams(max(1, settings.WEB_THREADS // 4))
database_free_requests = RequestQueue(threads=2, max_waiting=MAX_WAITING, name="web-no-database")
needs_no_database("/")  # loads the URL configuration before the first request


async def application(scope: Scope, protocol: HTTPProtocol) -> None:
    environ = build_environ(scope)
    response = reject_invalid_framing(scope, environ) or await process(scope, environ, protocol)
    if isinstance(response, UnfinishedStream):
        await response.close_after_disconnect(protocol)
    elif response is not None:
        respond(protocol, *response)


def respond(protocol: HTTPProtocol, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
    if content:
        protocol.response_bytes(status, headers, content)
    else:
        protocol.response_empty(status, headers)


async def process(scope: Scope, environ: Environ, protocol: HTTPProtocol) -> Response | UnfinishedStream | None:
    """Calls Django in a thread. Returns None if the response has been sent."""
    is_database_free = needs_no_database(scope.path, environ.get("HTTP_ACCEPT", ""))
    queue = database_free_requests if is_database_free else requests
    is_write = environ["REQUEST_METHOD"] not in SAFE_METHODS
    async with AsyncExitStack() as resources:
        environ["wsgi.input"] = await read_body(environ, protocol, resources)
        try:
            return await queue.run(protocol, call_wsgi, environ, protocol, is_write=is_write)
        except QueueFull:
            return respond_busy(scope)
        except ClientDisconnected:
            return end_without_response(scope)


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


def call_wsgi(environ: Environ, protocol: HTTPProtocol) -> Response | UnfinishedStream | None:
    """A response of unknown length is sent from here."""
    started: list[Any] = []
    response: Any = wsgi_application(environ, lambda *args: started.extend(args))  # type: ignore[arg-type]  # no write()
    try:
        status, headers = int(started[0][:3]), started[1]
        is_stream = response.streaming and not response.has_header("Content-Length")
        if not is_stream:
            return status, headers, b"".join(response)
        if environ["REQUEST_METHOD"] == "HEAD":
            return status, headers, b""
        return streams.send(protocol, status, headers, iter(response))
    finally:
        response.close()
