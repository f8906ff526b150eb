"""The shop as a WSGI application, with switches for what goes wrong in real shops."""

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

LISTING = re.compile(r"/catalogue/page-(\d+)\.html")
RECENT = 6
LAST_MODIFIED = "Wed, 08 Feb 2023 00:00:00 GMT"
Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
StartResponse = Callable[[str, Headers], Any]


@dataclass(slots=True, kw_only=True)
class Faults:
    """What goes wrong, by path; may be changed while the shop is open."""

    latency: float = 0.0  # seconds before every answer
    statuses: dict[str, int] = field(default_factory=dict)  # answered instead of the page
    failures: dict[str, int] = field(default_factory=dict)  # how often a path answers 503 before it works
    retry_after: str | None = None  # sent with every error
    every_tenth_fails: bool = False  # a tenth of all pages answers 500, always the same ones
    hanging: set[str] = field(default_factory=set)  # no answer before the shop closes
    endless: set[str] = field(default_factory=set)  # a body that drips on and on
    cut_off: dict[str, float] = field(default_factory=dict)  # only this share of the page, as if it were all
    broken_off: set[str] = field(default_factory=set)  # the connection ends before the announced length
    redirects: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)  # something else in the page's place
    prices: dict[str, str] = field(default_factory=dict)  # by UPC
    vanished: set[str] = field(default_factory=set)  # by UPC
    renamed_classes: bool = False  # as after a redesign
    robots: str | None = None


class Shop:
    """The WSGI application. `requests` counts the requests of each path, `answers` those of each status, `agents` the
    user agents seen. `validates`: whether it gives an ETag and answers 304 to whoever sends it back.
    """

    def __init__(self, books: list[ShopBook], faults: Faults | None = None) -> None:
        self.stock = books
        self._index = {book.path: index for index, book in enumerate(books)}
        self.faults = faults or Faults()
        self.validates = True
        self.etag: str | None = None  # in place of the page's own
        self.requests: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.agents: set[str] = set()
        self.times: list[float] = []
        self.closing = threading.Event()

    def books(self) -> list[ShopBook]:
        """What is on sale now."""
        return [self._priced(book) for book in self.stock if book.upc not in self.faults.vanished]

    def _priced(self, book: ShopBook) -> ShopBook:
        price = self.faults.prices.get(book.upc)
        return replace(book, price=price) if price else book

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        self.requests[path] += 1
        self.agents.add(environ.get("HTTP_USER_AGENT", ""))
        self.times.append(time.monotonic())
        time.sleep(self.faults.latency)
        if path in self.faults.hanging:
            self.closing.wait()
        status, headers, body = self._unless_known(environ, *self._answer(path))
        self.answers[status] += 1
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return self._drip() if path in self.faults.endless else [body]

    def _answer(self, path: str) -> Answer:
        if path in self.faults.redirects:
            return 302, [("Location", self.faults.redirects[path]), ("Content-Length", "0")], b""
        if status := self._error(path):
            retry = [("Retry-After", self.faults.retry_after)] if self.faults.retry_after else []
            return status, [*retry, ("Content-Length", "0")], b""
        kind, body = self._page(path)
        if body is None:
            return 404, [("Content-Type", "text/html"), ("Content-Length", "0")], b""
        return 200, [("Content-Type", kind), *self._length(path, body)], body

    def _unless_known(self, environ: dict[str, Any], status: int, headers: Headers, body: bytes) -> Answer:
        """304 for whoever has this very page, as the real shop's server does."""
        if status != 200 or not self.validates:
            return status, headers, body
        etag = self.etag or f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        validators = [("ETag", etag), ("Last-Modified", LAST_MODIFIED)]
        if environ.get("HTTP_IF_NONE_MATCH") == validators[0][1]:
            return 304, validators, b""
        return status, [*headers, *validators], body

    def _error(self, path: str) -> int | None:
        if self.faults.failures.get(path, 0) > 0:
            self.faults.failures[path] -= 1
            return 503
        if self.faults.every_tenth_fails and path.endswith(".html") and _number(path) % 10 == 0:
            return 500
        return self.faults.statuses.get(path)

    def _length(self, path: str, body: bytes) -> list[tuple[str, str]]:
        if path in self.faults.endless:
            return []
        extra = 1000 if path in self.faults.broken_off else 0
        return [("Content-Length", str(len(body) + extra))]

    def _page(self, path: str) -> tuple[str, bytes | None]:
        """The content type (with no charset, as the real shop sends it) and the body; None where there is no page."""
        if path in self.faults.bodies:
            return "text/html", self.faults.bodies[path]
        if path == "/robots.txt":
            return "text/plain", self.faults.robots.encode() if self.faults.robots is not None else None
        if path.startswith("/media/"):
            return "image/svg+xml", self._cover(path)
        html = self._html(path)
        if html is None:
            return "text/html", None
        if self.faults.renamed_classes:
            html = markup.with_renamed_classes(html)
        return "text/html", html[: int(len(html) * self.faults.cut_off.get(path, 1))].encode()

    def _html(self, path: str) -> str | None:
        if path in {"/", "/index.html"}:
            return markup.listing_page(self.books(), 1, root="")
        if found := LISTING.fullmatch(path):
            books, number = self.books(), int(found[1])
            return markup.listing_page(books, number, root="../") if number <= markup.page_count(books) else None
        index = self._index.get(path)
        if index is None or self.stock[index].upc in self.faults.vanished:
            return None
        return markup.product_page(self._priced(self.stock[index]), self.stock[max(0, index - RECENT) : index])

    def _cover(self, path: str) -> bytes | None:
        covers = (markup.cover(book) for book in self.stock if path == f"/media/cache/{book.upc}.svg")
        cover = next(covers, None)
        return cover.encode() if cover else None

    def _drip(self) -> Iterator[bytes]:
        while not self.closing.wait(0.05):
            yield b"<p>and so on"


def _number(path: str) -> int:
    """The page's own number: of `page-30.html` 30, of `some-title_120/index.html` 120."""
    found = re.findall(r"\d+(?=/index\.html$|\.html$)", path)
    return int(found[-1]) if found else 1
