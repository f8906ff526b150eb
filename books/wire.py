"""HTTP that cannot hang or swamp: a response's head and body within limits of time and size."""

import socket
import threading
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CHUNK = 64 * 1024


class BrokenBody(Exception):
    """A body that did not come whole, in time and in size. `permanent`: asking again cannot help."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent


def read_body(
    response: requests.Response, *, max_bytes: int, deadline: float, check: Callable[[], None] = lambda: None
) -> bytes:
    """The bytes, decompressed. `deadline` is a `time.monotonic()`; `check` may raise to end the reading early."""
    body = bytearray()
    try:
        # read1 returns what one read of the socket brings: a body that drips meets the deadline all the same.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            body += chunk
            check()
            if len(body) > max_bytes:
                raise BrokenBody(f"is larger than {max_bytes // 1024 // 1024} MiB", permanent=True)
            if time.monotonic() > deadline:
                raise BrokenBody("did not end in time", permanent=False)
    except (HTTPError, OSError) as error:
        raise BrokenBody(f"broke off ({type(error).__name__})", permanent=False) from error
    return bytes(body)


def cause(error: BaseException) -> str:
    """What the operating system said, out of the wrappings that requests puts around it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, RemoteDisconnected):
            return "it closed the connection"
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__


class TimedAdapter(HTTPAdapter):
    """Limits the time of a whole head: requests' time-out is for each piece of it, which a head that drips keeps."""

    def __init__(self, *, head_seconds: float, **options: Any) -> None:
        self.head_seconds = head_seconds
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self.head_seconds),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self.head_seconds),
        }


def _pool(pool: Any, connection: Any, seconds: float) -> Any:
    timed = type("TimedConnection", (_Timed, connection), {"head_seconds": seconds})
    return type("TimedPool", (pool,), {"ConnectionCls": timed})


class _Timed:
    """Ends the connection under a head that takes too long; whoever reads it then sees it broken."""

    head_seconds: float

    def getresponse(self) -> Any:
        ended = threading.Event()
        timer = threading.Timer(self.head_seconds, self._end, [ended])
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()  # type: ignore[misc]  # mixed into connections only
        finally:
            timer.cancel()
        if ended.is_set():  # a head that was cut off looks like a short one
            response.close()
            raise TimeoutError("the head did not end in time")
        return response

    def _end(self, ended: threading.Event) -> None:
        ended.set()
        connected = getattr(self, "sock", None)
        if connected is not None:
            connected.shutdown(socket.SHUT_RDWR)
