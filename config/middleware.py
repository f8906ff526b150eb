"""What every request passes through."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

SLASHED = ("/admin/", "/static/")


class StripTrailingSlash:
    """Every path answers with and without a trailing slash, with no redirect (the contract); the admin keeps its own.

    Only `path_info`, which chooses the view, is changed: `path` stays as it was asked for, so that the links of a
    page look like the address that the client used.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.endswith("/") and path != "/" and not path.startswith(SLASHED):
            request.path_info = path[:-1]
        return self.get_response(request)
