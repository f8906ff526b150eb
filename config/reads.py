"""Reads of the catalogue: ETags, and answers that were made before, for as long as nothing was written."""

import hashlib
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from cachetools import LRUCache
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from books import serializers, stamp
from config import pagination, renderers

CATALOGUE = ("/books", "/api/books", "/api/authors", "/api/categories")
JSON = ("application/json", "*/*")
Headers = dict[str, str]
# What makes the form of an answer: one of another version of the code is another answer.
FORM = hashlib.sha256(
    b"".join(Path(str(module.__file__)).read_bytes() for module in (serializers, pagination, renderers))
).digest()


class Answers:
    """The answers made under one stamp of the catalogue, of so many bytes at most."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._stamp: int | None = None
        self._kept: LRUCache[bytes, tuple[bytes, Headers]] = LRUCache(most, getsizeof=lambda kept: 1_000 + len(kept[0]))

    def get(self, now: int, key: bytes) -> tuple[bytes, Headers] | None:
        with self._lock:
            if now != self._stamp:
                self._kept.clear()
                self._stamp = now
            return self._kept.get(key)

    def keep(self, then: int, key: bytes, answer: tuple[bytes, Headers]) -> None:
        """Keeps what was read after `then` was the stamp; a reader of a later one may have been here meanwhile."""
        with self._lock:
            if then == self._stamp and 1_000 + len(answer[0]) <= self._kept.maxsize:
                self._kept[key] = answer


class CatalogueReads:
    """Answers again what was answered before, and with 304 whoever has it, as long as the catalogue's stamp stands.

    The stamp is read before the rows: an answer is never older than the stamp that it is kept under, and a write that
    was answered has changed the stamp for every process.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers = Answers(settings.READ_CACHE_MB * 1024 * 1024)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = stamp_for(request)
        if now is None:
            return self.get_response(request)
        key = key_of(request, now)
        if is_signed_in(request):  # the view says whether they may; who they are changes nothing of the answer
            response = with_etag(self.get_response(request), key)
            return not_modified(etag_of(key)) if "ETag" in response and has(request, key) else response
        if has(request, key):
            return not_modified(etag_of(key))
        if kept := self.answers.get(now, key):
            return HttpResponse(kept[0], headers=kept[1])
        response = with_etag(self.get_response(request), key)
        if "ETag" in response:
            self.answers.keep(now, key, (response.content, dict(response.headers)))
        return response


def stamp_for(request: HttpRequest) -> int | None:
    """The stamp of now, where a program reads the catalogue; None also where the database cannot be asked."""
    if request.method != "GET" or not request.path_info.startswith(CATALOGUE):
        return None
    if not any(kind in request.META.get("HTTP_ACCEPT", "*/*") for kind in JSON) or prefers_page(request):
        return None
    try:
        return stamp.read()
    except DatabaseError:
        return None  # the view meets the same, and says so


def prefers_page(request: HttpRequest) -> bool:
    return "html" in request.META.get("HTTP_ACCEPT", "") or "format=" in request.META.get("QUERY_STRING", "")


def is_signed_in(request: HttpRequest) -> bool:
    return "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.META.get("HTTP_COOKIE", "")


def key_of(request: HttpRequest, now: int) -> bytes:
    """Names the answer: links in it show the address that was asked, and `Accept` may ask for another layout."""
    asked = (
        str(now),
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        request.META.get("HTTP_ACCEPT", ""),
    )
    return hashlib.sha256(FORM + "\n".join(asked).encode(errors="surrogateescape")).digest()


def etag_of(key: bytes) -> str:
    return f'"{key.hex()[:32]}"'


def has(request: HttpRequest, key: bytes) -> bool:
    """Whether the client has the answer of this key already."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    return known is not None and etag_of(key) in {tag.removeprefix("W/") for tag in parse_etags(known)}


def with_etag(response: HttpResponse, key: bytes) -> HttpResponse:
    if response.status_code == HTTPStatus.OK and response.get("Content-Type", "").startswith("application/json"):
        response["ETag"] = etag_of(key)
        response["Cache-Control"] = "no-cache"  # it may be kept, but is asked about before it is used
    return response


def not_modified(tag: str) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag, "Cache-Control": "no-cache"})
    del response["Content-Type"]
    patch_vary_headers(response, ["Accept"])
    return response
