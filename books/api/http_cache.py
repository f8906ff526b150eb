"""HTTP caching of catalogue responses by the catalogue version: ETags, 304 and an in-process response cache."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from books import catalogue_version
from core.api.problem_details import page_or_problem
from core.db.errors import to_api_exception
from core.db.versioned_cache import VersionedCache
from core.web.view_lookup import find_view_class

CachedResponse = tuple[bytes, dict[str, str]]  # body and headers
VERSION_KEY = "colophon.catalogue_version"  # in request.META: the version that was read for this request


class CachedByCatalogueVersion:
    """View mixin: JSON responses depend on the URL, the Accept header and the catalogue's rows alone."""

    actions_with_etag = frozenset({"list", "retrieve", "search"})  # for the schema


class CatalogueCacheMiddleware:
    """Serves cached responses and 304 for views with CachedByCatalogueVersion.

    The version is read before the rows, so that a response is never older than the version that it is cached under.
    Every committed write has changed the version for all processes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.cache: VersionedCache[CachedResponse] = VersionedCache(settings.READ_CACHE_MB * 1024 * 1024, size_of)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_cacheable(request):
            return self.get_response(request)
        try:
            version = catalogue_version.read()
        except DatabaseError as error:
            return respond_without_database(request, error) or self.get_response(request)
        if version is None:
            return self.get_response(request)
        request.META[VERSION_KEY] = version
        return self._respond(request, version)

    def _respond(self, request: HttpRequest, version: int) -> HttpResponse:
        key = cache_key(request, version)
        etag = f'"{key.hex()[:32]}"'
        if is_signed_in(request):  # the view authenticates first; the response is the same for all callers
            response = add_validator(self.get_response(request), etag)
        elif cached := self.cache.get(version, key):
            response = HttpResponse(cached[0], headers=cached[1])
        else:
            response = add_validator(self.get_response(request), etag)
            if "ETag" in response:
                self.cache.set(version, key, (response.content, dict(response.headers)))
        return get_conditional_response(request, etag=response.get("ETag"), response=response) or response


def respond_without_database(request: HttpRequest, error: DatabaseError) -> HttpResponse | None:
    """503, if the database is unavailable: the view would wait for the same connection."""
    api_error = to_api_exception(error)
    return None if api_error is None else page_or_problem(request, api_error.status_code, str(api_error.detail))


def size_of(response: CachedResponse) -> int:
    """Bytes, with an allowance for the headers."""
    return 1_000 + len(response[0])


def is_cacheable(request: HttpRequest) -> bool:
    """Whether a program reads a catalogue view. HTML pages name the signed-in user and are not cached."""
    if request.method not in {"GET", "HEAD"} or not accepts_json_only(request):
        return False
    view_class = find_view_class(request.path_info)
    return view_class is not None and issubclass(view_class, CachedByCatalogueVersion)


def accepts_json_only(request: HttpRequest) -> bool:
    accept = request.META.get("HTTP_ACCEPT", "*/*")
    if "html" in accept or "format=" in request.META.get("QUERY_STRING", ""):
        return False
    return "application/json" in accept or "*/*" in accept


def is_signed_in(request: HttpRequest) -> bool:
    return "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.META.get("HTTP_COOKIE", "")


def cache_key(request: HttpRequest, version: int) -> bytes:
    """A hash of everything that determines the response.

    Links in the response repeat the request's URL, and `Accept` may ask for indentation. The query string is used as
    received, because two query strings that the view reads differently can be equal after requoting.
    """
    query, accept = request.META.get("QUERY_STRING", ""), request.META.get("HTTP_ACCEPT", "")
    parts = (settings.VERSION, str(version), request.scheme or "", request.get_host(), request.path, query, accept)
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).digest()


def add_validator(response: HttpResponse, etag: str) -> HttpResponse:
    """Adds the ETag to a successful JSON response; `no-cache` lets clients store it but revalidate before each use."""
    if response.status_code == HTTPStatus.OK and response.get("Content-Type", "").startswith("application/json"):
        response["ETag"] = etag
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
