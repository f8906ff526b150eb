"""A server of images as a WSGI application: good ones, broken ones and hostile ones, by path."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

CHUNK = b"\xff" * 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """`endless`: how many more bytes follow the body. `is_slow`: single bytes follow it, without an end."""

    body: bytes = b""
    status: str = "200 OK"
    content_type: str = "image/jpeg"
    location: str | None = None
    endless: int = 0
    is_slow: bool = False


class ImageServer:
    """`replies` by path; a test may change them while the server is running. `requests` counts by path."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.requests: Counter[str] = Counter()
        self.request_times: list[float] = []
        self.accepts: set[str] = set()
        self.sent = 0  # bytes of endless bodies
        self.closing = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.requests[path] += 1
        self.request_times.append(time.monotonic())
        self.accepts.add(environ.get("HTTP_ACCEPT", ""))
        reply = self.replies.get(path, Reply(status="404 Not Found"))
        headers = [("Content-Type", reply.content_type)]
        if reply.location:
            headers.append(("Location", reply.location))
        if not (reply.endless or reply.is_slow):
            headers.append(("Content-Length", str(len(reply.body))))
        start_response(reply.status, headers)
        return self._stream(reply)

    def _stream(self, reply: Reply) -> Iterator[bytes]:
        yield reply.body
        for _ in range(reply.endless // len(CHUNK)):
            self.sent += len(CHUNK)
            yield CHUNK
        while reply.is_slow and not self.closing.wait(0.05):
            yield b"\xff"
