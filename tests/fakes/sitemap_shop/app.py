"""The shop as a WSGI application: files by path. It has no product pages."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

Response = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body


@dataclass(slots=True)
class SitemapShop:
    """`files` and `faults` are by path and query, and may be changed while the shop is running.

    `requests` counts requests by path and query, `unmodified` those that got the status 304.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, Response] = field(default_factory=dict)
    content_type: str = "text/html"
    has_etags: bool = True
    requests: Counter[str] = field(default_factory=Counter)
    unmodified: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        self.requests[path] += 1
        status, headers, body = self.faults.get(path) or self._respond(path, environ.get("HTTP_IF_NONE_MATCH"))
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _respond(self, path: str, known_etag: str | None) -> Response:
        if path not in self.files:
            return "404 Not Found", [("Content-Type", "text/html")], b"<h1>Not found</h1>"
        body, headers = self.files[path], [("Content-Type", self.content_type)]
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if self.has_etags:
            headers.append(("ETag", etag))
        if self.has_etags and known_etag == etag:
            self.unmodified[path] += 1
            return "304 Not Modified", headers, b""
        return "200 OK", headers, body
