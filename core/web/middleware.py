"""Middleware for all requests."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from core import logs

KEEP_SLASH = ("/admin/", "/static/")
MAX_LOGGED_PATH = 300  # characters
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
Handler = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("colophon.requests")


class RequestLogMiddleware:
    """Logs one line per request, with an id that the response repeats.

    The query string is not logged, because it contains what people search for. The id of a trusted proxy is used; a
    client's is not.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        current = read_request_id(request) or secrets.token_hex(8)
        token = logs.request_id.set(current)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = current
            log_request(request.method, request.path, response.status_code, time.perf_counter() - started)
            return response
        finally:
            logs.request_id.reset(token)


def read_request_id(request: HttpRequest) -> str | None:
    value = request.META.get("HTTP_X_REQUEST_ID", "") if settings.NUM_PROXIES else ""
    return value if REQUEST_ID.fullmatch(value) else None


def log_request(method: str | None, path: str, status: int, seconds: float) -> None:
    values = {
        "method": method,
        "path": escape_uri_path(path[:MAX_LOGGED_PATH]),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    logger.info("%(method)s %(path)s %(status)s in %(ms)s ms", values, extra=values)


class StripTrailingSlashMiddleware:
    """Serves every path with and without a trailing slash, without a redirect. The admin keeps its slashes.

    Only `path_info`, which selects the view, is changed. `path` is unchanged, so that links in a response look like
    the URL that the client used.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.endswith("/") and path != "/" and not path.startswith(KEEP_SLASH):
            request.path_info = path[:-1]
        return self.get_response(request)
