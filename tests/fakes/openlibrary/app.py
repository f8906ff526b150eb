"""A small Open Library over real HTTP, with the irregular documents and the faults of the real one."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

Document = dict[str, Any]
Response = tuple[str, list[tuple[str, str]], bytes]

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
        "author_key": ["OL1A"],
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
    """The WSGI application. `fault` is html, html500, hang, ratelimit, refuse, truncated, list, or empty.

    `requests` counts requests by path; `delay` is the time before each response, in seconds. `documents` adds records
    by path; a text instead of a record is the target of a redirect, bytes are a page of HTML. `docs` adds search rows.
    """

    def __init__(self) -> None:
        self.fault = ""
        self.delay = 0.0
        self.documents: dict[str, Document | str | bytes] = {}
        self.docs: list[Document] = []
        self.requests: Counter[str] = Counter()
        self.queries: list[dict[str, str]] = []
        self.user_agents: set[str] = set()
        self.request_times: list[float] = []
        self.closing = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.requests[path] += 1
        self.request_times.append(time.monotonic())
        self.user_agents.add(environ.get("HTTP_USER_AGENT", ""))
        self.closing.wait(self.delay)
        status, headers, body = self._respond_with_fault() or self._respond(path, environ)
        body = body[: len(body) // 2] if self.fault == "truncated" else body
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _respond_with_fault(self) -> Response | None:
        if self.fault == "hang":
            self.closing.wait(60)
        faults = {
            "html": ("200 OK", b"<html><h1>Be right back</h1></html>"),
            "html500": ("500 Internal Server Error", b"<html><h1>Internal Server Error</h1></html>"),
            "ratelimit": ("429 Too Many Requests", b'{"error": "Too Many Requests"}'),
            "refuse": ("403 Forbidden", b"<html><h1>403 Forbidden</h1></html>"),
            "list": ("200 OK", b"[]"),
        }
        if self.fault not in faults:
            return None
        status, body = faults[self.fault]
        return status, [("Content-Type", "text/html")], body

    def _respond(self, path: str, environ: dict[str, Any]) -> Response:
        if path == "/search.json":
            return _json(self._search({k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}))
        if path == "/api/books":
            return _json(self._list_editions(parse_qs(environ["QUERY_STRING"])["bibkeys"][0].split(",")))
        if path in self.documents:
            return _send(self.documents[path])
        kind, _, name = path.strip("/").removesuffix(".json").partition("/")
        if kind == "isbn":
            edition = _find_edition(name)
            return ("302 Found", [("Location", f"{edition['key']}.json")], b"") if edition else NOT_FOUND
        document = {"works": WORKS, "books": EDITIONS, "authors": AUTHORS}.get(kind, {}).get(name)
        return _json(document) if document else NOT_FOUND

    def _list_editions(self, bibkeys: list[str]) -> Document:
        """As `jscmd=details`. `documents` has editions by `/isbn/…` and `/books/…` as well."""
        found: Document = {}
        for bibkey in bibkeys:
            kind, _, key = bibkey.partition(":")
            edition = _find_edition(key) if kind == "ISBN" else EDITIONS.get(key)
            details = self.documents.get(f"/isbn/{key}" if kind == "ISBN" else f"/books/{key}", edition)
            if details:
                found[bibkey] = {"bib_key": bibkey, "details": details}
        return found

    def _search(self, query: dict[str, str]) -> Document:
        self.queries.append(query)
        text = query["q"].casefold().removeprefix("isbn:")
        hits = [doc for doc in [*DOCS, *self.docs] if _matches(doc, text)]
        limit, page = int(query.get("limit", "100")), int(query.get("page", "1"))
        page_hits = hits[(page - 1) * limit : page * limit]
        docs = [{name: value for name, value in hit.items() if name in query["fields"]} for hit in page_hits]
        return {"numFound": len(hits), "docs": docs}


NOT_FOUND = ("404 Not Found", [("Content-Type", "text/html")], b"<html><h1>Not Found</h1></html>")


def _matches(doc: Document, text: str) -> bool:
    if text.startswith("key:"):
        return text == f"key:{doc['key']}".casefold() or f'"{doc["key"]}"'.casefold() in text
    return text in doc.get("title", "").casefold() or text in doc.get("isbn", []) or text == "war"


def _send(document: Document | str | bytes) -> Response:
    if isinstance(document, str):
        return "302 Found", [("Location", document)], b""
    if isinstance(document, bytes):
        return "200 OK", [("Content-Type", "text/html")], document
    return _json(document)


def _find_edition(isbn: str) -> Document | None:
    """Finds 9789129657531 by the equivalent ISBN-10 too, as the real service does."""
    for edition in EDITIONS.values():
        if isbn in edition.get("isbn_13", []) + edition.get("isbn_10", []):
            return edition
    return EDITIONS["OL21M"] if isbn == "9789129657531" else None


def _json(document: Document) -> Response:
    return "200 OK", [("Content-Type", "application/json")], json.dumps(document).encode()
