"""An in-process cache of pages for readers who have not signed in."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from books import catalogue_version
from books.api.http_cache import VERSION_KEY, is_signed_in, respond_without_database
from core.db.versioned_cache import VersionedCache
from core.web.view_lookup import find_view_class

MAX_AGE = 60  # seconds: pages state how long ago a book was checked, and covers arrive without a new catalogue version


class CachedPage:
    """View mixin: without a session, the page depends on its URL, the catalogue, and these headers and cookies."""

    varies_on_headers = ("HX-Request", "HX-Target", "HX-History-Restore-Request")
    varies_on_cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPage:
    """`expires` is a time of the monotonic clock."""

    content: bytes
    headers: dict[str, str]
    expires: float

    def size(self) -> int:
        """Bytes, with an allowance for the headers."""
        return 1_000 + len(self.content)


class PageCacheMiddleware:
    """Serves stored pages of views with CachedPage. Pages are stored compressed, if the client accepts that.

    The version is read before the rows, so that a page is never older than the version that it is stored under.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.cache: VersionedCache[StoredPage] = VersionedCache(settings.READ_CACHE_MB * 1024 * 1024, StoredPage.size)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view_class = find_view_class(request.path_info)
        if request.method not in {"GET", "HEAD"} or view_class is None or not issubclass(view_class, CachedPage):
            return self.get_response(request)
        try:
            version = catalogue_version.read()
        except DatabaseError as error:
            return respond_without_database(request, error) or self.get_response(request)
        if version is None:
            return self.get_response(request)
        request.META[VERSION_KEY] = version
        if is_signed_in(request):
            return self.get_response(request)
        return self._respond(request, version, page_key(request, view_class))

    def _respond(self, request: HttpRequest, version: int, key: bytes) -> HttpResponse:
        stored = self.cache.get(version, key)
        if stored and time.monotonic() < stored.expires:
            return HttpResponse(stored.content, headers=stored.headers)
        response = self.get_response(request)
        may_store = "no-store" not in response.get("Cache-Control", "")
        if response.status_code == 200 and may_store and not response.cookies:
            headers, expires = dict(response.headers), time.monotonic() + MAX_AGE
            self.cache.set(version, key, StoredPage(response.content, headers, expires))
        return response


def page_key(request: HttpRequest, view_class: type[CachedPage]) -> bytes:
    """A hash of everything that determines the page, besides the catalogue."""
    accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    address = (request.scheme, request.get_host(), request.path, request.META.get("QUERY_STRING", ""))
    headers = [request.headers.get(name) for name in view_class.varies_on_headers]
    cookies = [request.COOKIES.get(name) for name in view_class.varies_on_cookies]
    return hashlib.sha256(repr((accepts_gzip, address, headers, cookies)).encode(errors="surrogateescape")).digest()
