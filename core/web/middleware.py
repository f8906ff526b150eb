"""What every request passes through."""

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
from core.web.csp import policy

SLASHED = ("/admin/", "/static/")
LONGEST_PATH = 300  # characters of it that are logged
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
POLICY = policy()
Handler = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("colophon.requests")


class LogRequests:
    """One line for each request, under an id that the answer carries too.

    The path without the query: what people search for is nobody's business. A proxy's id is kept, a client's is not.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        asked = given_id(request) or secrets.token_hex(8)
        token = logs.request_id.set(asked)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = asked
            log(request, response, time.perf_counter() - began)
            return response
        finally:
            logs.request_id.reset(token)


def given_id(request: HttpRequest) -> str | None:
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.NUM_PROXIES else ""
    return given if GIVEN_ID.fullmatch(given) else None


def log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    said = {
        "method": request.method,
        "path": escape_uri_path(request.path[:LONGEST_PATH]),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    logger.info("%(method)s %(path)s %(status)s in %(ms)s ms", said, extra=said)


class SecurityPolicy:
    """What a page may load and where it may be shown; a view can say it for its own pages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class StripTrailingSlash:
    """Every path answers with and without a trailing slash, with no redirect (the contract); the admin keeps its own.

    Only `path_info`, which chooses the view, is changed: `path` stays as it was asked for, so that the links of a
    page look like the address that the client used.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.endswith("/") and path != "/" and not path.startswith(SLASHED):
            request.path_info = path[:-1]
        return self.get_response(request)
