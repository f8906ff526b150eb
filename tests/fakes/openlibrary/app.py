"""A small Open Library that answers over real HTTP, with the irregularities and the faults of the real one."""

import json
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

Document = dict[str, Any]

AUTHORS: dict[str, Document] = {
    "OL1A": {"key": "/authors/OL1A", "name": "Лев Толстой", "alternate_names": ["Leo Tolstoy", "L. Tolstoi"]},
    "OL2A": {"key": "/authors/OL2A", "name": "Astrid Lindgren", "type": {"key": "/type/author"}},
    "OL3A": {"key": "/authors/OL3A", "type": "/type/redirect", "location": "/authors/OL2A"},
}
WORKS: dict[str, Document] = {
    "OL10W": {
        "key": "/works/OL10W",
        "title": "War and Peace",
        "authors": [{"author": {"key": "/authors/OL1A"}, "type": {"key": "/type/author_role"}}],
        "description": {"type": "/type/text", "value": "A novel.\r\n\r\nLong."},
        "covers": [-1, None, 77],
        "first_publish_date": "1869",
        "location": "/works/OL99W",
    },
    "OL11W": {"key": "/works/OL11W", "type": {"key": "/type/redirect"}, "location": "/works/OL10W"},
    "OL12W": {
        "key": "/works/OL12W",
        "title": "Pippi",
        "authors": [{"author": {"key": "/authors/OL3A"}}, "/authors/OL2A"],
    },
    "OL13W": {"key": "/works/OL13W", "type": {"key": "/type/redirect"}, "location": "/works/OL14W"},
    "OL14W": {"key": "/works/OL14W", "type": {"key": "/type/redirect"}, "location": "/works/OL13W"},
    "OL15W": {"key": "/works/OL15W", "type": {"key": "/type/delete"}},
}
EDITIONS: dict[str, Document] = {
    "OL20M": {
        "key": "/books/OL20M",
        "title": "War and Peace (Penguin)",
        "isbn_13": ["9780140447934"],
        "works": [{"key": "/works/OL10W"}],
        "languages": [{"key": "/languages/eng"}],
        "covers": [78],
    },
    "OL21M": {
        "key": "/books/OL21M",
        "title": "Pippi Långstrump",
        "isbn_10": ["9129657539"],
        "works": [{"key": "/works/OL404W"}],
    },
}
DOCS: list[Document] = [
    {
        "key": "/works/OL10W",
        "title": "War and Peace",
        "author_name": ["Leo Tolstoy", "Лев Толстой"],
        "first_publish_year": 1869,
        "language": ["eng", "rus"],
        "edition_count": 2,
        "cover_i": 77,
        "isbn": ["9780140447934", "9780199232765", "123"],
    },
    {"key": "/works/OL12W", "title": "Pippi goes to war"},
    {"key": "/works/OL10W", "title": "War and Peace, once more"},
    {"key": "/works/OL16W"},
]


class OpenLibrary:
    """The application, as WSGI. `fault` is html, html500, hang, ratelimit, refuse, truncated, list, or empty."""

    def __init__(self) -> None:
        self.fault = ""
        self.pause = 0.0
        self.asked: Counter[str] = Counter()
        self.queries: list[dict[str, str]] = []
        self.agents: set[str] = set()
        self.closing = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked[path] += 1
        self.agents.add(environ.get("HTTP_USER_AGENT", ""))
        self.closing.wait(self.pause)
        status, headers, body = self._fault() or self._answer(path, environ)
        body = body[: len(body) // 2] if self.fault == "truncated" else body
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _fault(self) -> tuple[str, list[tuple[str, str]], bytes] | None:
        if self.fault == "hang":
            self.closing.wait(60)
        replies = {
            "html": ("200 OK", b"<html><h1>Be right back</h1></html>"),
            "html500": ("500 Internal Server Error", b"<html><h1>Internal Server Error</h1></html>"),
            "ratelimit": ("429 Too Many Requests", b'{"error": "Too Many Requests"}'),
            "refuse": ("403 Forbidden", b"<html><h1>403 Forbidden</h1></html>"),
            "list": ("200 OK", b"[]"),
        }
        if self.fault not in replies:
            return None
        status, body = replies[self.fault]
        return status, [("Content-Type", "text/html")], body

    def _answer(self, path: str, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        if path == "/search.json":
            return _json(self._search({k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}))
        kind, _, name = path.strip("/").removesuffix(".json").partition("/")
        if kind == "isbn":
            found = next((e for e in EDITIONS.values() if name in e.get("isbn_13", []) + e.get("isbn_10", [])), None)
            found = found or next((e for e in EDITIONS.values() if name == "9789129657531" and "isbn_10" in e), None)
            return ("302 Found", [("Location", f"{found['key']}.json")], b"") if found else NOT_FOUND
        document = {"works": WORKS, "books": EDITIONS, "authors": AUTHORS}.get(kind, {}).get(name)
        return _json(document) if document else NOT_FOUND

    def _search(self, query: dict[str, str]) -> Document:
        self.queries.append(query)
        text = query["q"].casefold().removeprefix("isbn:")
        found = [d for d in DOCS if text in d.get("title", "").casefold() or text in d.get("isbn", []) or text == "war"]
        limit, page = int(query.get("limit", "100")), int(query.get("page", "1"))
        shown = found[(page - 1) * limit : page * limit]
        return {"numFound": len(found), "docs": [{k: v for k, v in d.items() if k in query["fields"]} for d in shown]}


NOT_FOUND = ("404 Not Found", [("Content-Type", "text/html")], b"<html><h1>Not Found</h1></html>")


def _json(document: Document) -> tuple[str, list[tuple[str, str]], bytes]:
    return "200 OK", [("Content-Type", "application/json")], json.dumps(document).encode()
