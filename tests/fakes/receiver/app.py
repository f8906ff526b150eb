"""A receiver of webhooks and of ntfy messages as a WSGI application, which keeps the requests."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """`headers` have lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """`status` and `headers` are those of all responses. `stalls`: it never responds."""

    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    stalls: bool = False
    requests: list[ReceivedRequest] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        names = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.requests.append(ReceivedRequest(environ["REQUEST_METHOD"], environ["PATH_INFO"], names, body))
        if self.stalls:
            self.closing.wait()
        start_response(self.status, list(self.headers.items()))
        return [b"received"]
