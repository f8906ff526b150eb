"""The shop as a WSGI application, with switches for the faults of real shops."""

import hashlib
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from tests.fakes.shop import markup
from tests.fakes.shop.catalogue import ShopBook
from tests.fakes.shop.covers import draw_cover

LISTING_PATH = re.compile(r"/catalogue/page-(\d+)\.html")
RECENTLY_VIEWED = 6
LAST_MODIFIED = "Wed, 08 Feb 2023 00:00:00 GMT"
Headers = list[tuple[str, str]]
Response = tuple[int, Headers, bytes]
StartResponse = Callable[[str, Headers], Any]


@dataclass(slots=True, kw_only=True)
class Faults:
    """Faults by path. A test may change them while the shop is running."""

    latency: float = 0.0  # seconds before every response
    statuses: dict[str, int] = field(default_factory=dict)  # error statuses sent instead of the page
    failures: dict[str, int] = field(default_factory=dict)  # number of error responses before the path works
    failure_status: int = 503
    empty: dict[str, int] = field(default_factory=dict)  # number of empty pages with status 200 before the path works
    retry_after: str | None = None  # sent with every error
    every_tenth_fails: bool = False  # every tenth page returns 500, always the same pages
    hanging: set[str] = field(default_factory=set)  # no response until the shop stops
    endless: set[str] = field(default_factory=set)  # a body without an end, sent slowly
    truncated: dict[str, float] = field(default_factory=dict)  # sends only this share of the page as a whole response
    aborted: set[str] = field(default_factory=set)  # closes the connection before Content-Length is reached
    redirects: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)  # sent instead of the page
    prices: dict[str, str] = field(default_factory=dict)  # by UPC
    delisted: set[str] = field(default_factory=set)  # by UPC
    renamed_classes: bool = False  # the CSS classes after a redesign
    robots: str | bytes | None = None
    content_type: str = "text/html"


class Shop:
    """The WSGI application.

    `stock` holds all books, delisted ones too. `requests` counts requests by path, `status_counts` responses by status.
    If `sends_etags` is true, every page has an ETag, and a request with that ETag in If-None-Match gets 304.
    """

    def __init__(self, books: list[ShopBook], faults: Faults | None = None) -> None:
        self.stock = books
        self._index = {book.path: index for index, book in enumerate(books)}
        self.faults = faults or Faults()
        self.sends_etags = True
        self.etag: str | None = None  # replaces the ETag of every page
        self.requests: Counter[str] = Counter()
        self.status_counts: Counter[int] = Counter()
        self.user_agents: set[str] = set()
        self.authorizations: set[str | None] = set()
        self.request_times: list[float] = []
        self.closing = threading.Event()

    def list_books(self) -> list[ShopBook]:
        """The books on sale."""
        return [self._apply_price(book) for book in self.stock if book.upc not in self.faults.delisted]

    def _apply_price(self, book: ShopBook) -> ShopBook:
        price = self.faults.prices.get(book.upc)
        return replace(book, price=price) if price else book

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        self.requests[path] += 1
        self.user_agents.add(environ.get("HTTP_USER_AGENT", ""))
        self.authorizations.add(environ.get("HTTP_AUTHORIZATION"))
        self.request_times.append(time.monotonic())
        time.sleep(self.faults.latency)
        if path in self.faults.hanging:
            self.closing.wait()
        status, headers, body = self._apply_validators(environ, *self._respond(path))
        self.status_counts[status] += 1
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
        start_response(f"{status} {phrase}", headers)
        return self._drip() if path in self.faults.endless else [body]

    def _respond(self, path: str) -> Response:
        if path in self.faults.redirects:
            return 302, [("Location", self.faults.redirects[path]), ("Content-Length", "0")], b""
        if status := self._find_error(path):
            retry = [("Retry-After", self.faults.retry_after)] if self.faults.retry_after else []
            return status, [*retry, ("Content-Length", "0")], b""
        content_type, body = self._render(path)
        if body is None:
            return 404, [("Content-Type", "text/html"), ("Content-Length", "0")], b""
        return 200, [("Content-Type", content_type), *self._content_length(path, body)], body

    def _apply_validators(self, environ: dict[str, Any], status: int, headers: Headers, body: bytes) -> Response:
        """Adds ETag and Last-Modified, as the real shop does; returns 304 if If-None-Match names the current ETag."""
        if status != 200 or not self.sends_etags:
            return status, headers, body
        etag = self.etag or f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        validators = [("ETag", etag), ("Last-Modified", LAST_MODIFIED)]
        if environ.get("HTTP_IF_NONE_MATCH") == etag:
            return 304, validators, b""
        return status, [*headers, *validators], body

    def _find_error(self, path: str) -> int | None:
        if self.faults.failures.get(path, 0) > 0:
            self.faults.failures[path] -= 1
            return self.faults.failure_status
        if self.faults.every_tenth_fails and path.endswith(".html") and _page_number(path) % 10 == 0:
            return 500
        return self.faults.statuses.get(path)

    def _content_length(self, path: str, body: bytes) -> Headers:
        if path in self.faults.endless:
            return []
        extra = 1000 if path in self.faults.aborted else 0
        return [("Content-Length", str(len(body) + extra))]

    def _render(self, path: str) -> tuple[str, bytes | None]:
        """The content type (without a charset, as in the real shop) and the body; None if there is no such page."""
        if self.faults.empty.get(path, 0) > 0:
            self.faults.empty[path] -= 1
            return "text/html", b""
        if path in self.faults.bodies:
            return self.faults.content_type, self.faults.bodies[path]
        if path == "/robots.txt":
            robots = self.faults.robots
            return "text/plain", robots.encode() if isinstance(robots, str) else robots
        if path.startswith("/media/"):
            return "image/jpeg", self._render_cover(path)
        html = self._render_html(path)
        if html is None:
            return "text/html", None
        if self.faults.renamed_classes:
            html = markup.with_renamed_classes(html)
        return "text/html", html[: int(len(html) * self.faults.truncated.get(path, 1))].encode()

    def _render_html(self, path: str) -> str | None:
        if path in {"/", "/index.html"}:
            return markup.listing_page(self.list_books(), 1, root="")
        if match := LISTING_PATH.fullmatch(path):
            books, number = self.list_books(), int(match[1])
            return markup.listing_page(books, number, root="../") if number <= markup.page_count(books) else None
        index = self._index.get(path)
        if index is None or self.stock[index].upc in self.faults.delisted:
            return None
        recently_viewed = self.stock[max(0, index - RECENTLY_VIEWED) : index]
        return markup.product_page(self._apply_price(self.stock[index]), recently_viewed)

    def _render_cover(self, path: str) -> bytes | None:
        return next((draw_cover(book) for book in self.stock if path == f"/media/cache/{book.upc}.jpg"), None)

    def _drip(self) -> Iterator[bytes]:
        while not self.closing.wait(0.05):
            yield b"<p>and so on"


def _page_number(path: str) -> int:
    """The number in the path: 30 for `page-30.html`, 120 for `some-title_120/index.html`."""
    numbers = re.findall(r"\d+(?=/index\.html$|\.html$)", path)
    return int(numbers[-1]) if numbers else 1
