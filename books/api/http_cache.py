"""Reads of the catalogue: ETags, and answers that were made before, for as long as nothing was written."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

import django
import rest_framework
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from books import catalogue_version as stamp
from core.api import problem_details as errors
from core.db import errors as database
from core.db.versioned_cache import Kept

CATALOGUE = ("/books", "/api/books", "/api/authors", "/api/categories")
JSON = ("application/json", "*/*")
Answer = tuple[bytes, dict[str, str]]  # the body and the headers
# What makes an answer, beside the rows: that of another version of the code is another answer.
CODE = sorted(path for app in ("books", "core") for path in (settings.BASE_DIR / app).rglob("*.py"))
FORM = hashlib.sha256(f"{django.VERSION} {rest_framework.VERSION}".encode() + b"".join(p.read_bytes() for p in CODE))


class CatalogueReads:
    """Answers again what was answered before, and with 304 whoever has it, as long as the catalogue's stamp stands.

    The stamp is read before the rows: an answer is never older than the stamp that it is kept under, and a write that
    was answered has changed the stamp for every process.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers: Kept[Answer] = Kept(settings.READ_CACHE_MB * 1024 * 1024, weight=bytes_of)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_read_of_catalogue(request):
            return self.get_response(request)
        try:
            now = stamp.read()
        except DatabaseError as error:
            return self._without_database(request, error)
        if now is None:
            return self.get_response(request)
        request.META[stamp.READ_BEFORE] = now
        return self._answer(request, now)

    def _answer(self, request: HttpRequest, now: int) -> HttpResponse:
        key = key_of(request, now)
        if is_signed_in(request):  # the view says whether they may; who they are changes nothing of the answer
            return unless_known(request, with_etag(self.get_response(request), key))
        if etag_of(key) in known_etags(request):
            return not_modified(etag_of(key))
        if kept := self.answers.get(now, key):
            return unless_known(request, HttpResponse(kept[0], headers=kept[1]))
        response = with_etag(self.get_response(request), key)
        if "ETag" in response:
            self.answers.keep(now, key, (response.content, dict(response.headers)))
        return unless_known(request, response)

    def _without_database(self, request: HttpRequest, error: DatabaseError) -> HttpResponse:
        """Says so at once: the view would wait for the same."""
        meaning = database.meaning(error)
        if meaning is None:
            return self.get_response(request)
        return errors.page_or_problem(request, meaning.status_code, str(meaning.detail))


def bytes_of(answer: Answer) -> int:
    return 1_000 + len(answer[0])


def is_read_of_catalogue(request: HttpRequest) -> bool:
    """By a program: people get pages, which also say who they are."""
    if request.method != "GET" or not request.path_info.startswith(CATALOGUE):
        return False
    return any(kind in request.META.get("HTTP_ACCEPT", "*/*") for kind in JSON) and not prefers_page(request)


def prefers_page(request: HttpRequest) -> bool:
    return "html" in request.META.get("HTTP_ACCEPT", "") or "format=" in request.META.get("QUERY_STRING", "")


def is_signed_in(request: HttpRequest) -> bool:
    return "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.META.get("HTTP_COOKIE", "")


def key_of(request: HttpRequest, now: int) -> bytes:
    """Names the answer: links in it show the address that was asked, and `Accept` may ask for another layout.

    The query as it came, not as `get_full_path` quotes it: two that the view reads differently can be quoted alike.
    """
    query, accepted = request.META.get("QUERY_STRING", ""), request.META.get("HTTP_ACCEPT", "")
    asked = (str(now), request.scheme or "", request.get_host(), request.path, query, accepted)
    form = FORM.copy()
    form.update("\n".join(asked).encode(errors="surrogateescape"))
    return form.digest()


def etag_of(key: bytes) -> str:
    return f'"{key.hex()[:32]}"'


def known_etags(request: HttpRequest) -> set[str]:
    """What the client has already."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    return {tag.removeprefix("W/") for tag in parse_etags(known)} if known is not None else set()


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 in place of an answer that the client has; `*` is whichever it has."""
    is_known = "ETag" in response and {response["ETag"], "*"} & known_etags(request)
    return not_modified(response["ETag"]) if is_known else response


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
