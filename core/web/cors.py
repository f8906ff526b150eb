"""CORS with two policies: views that declare it allow any origin, the others only the listed origins."""

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from core.web.view_lookup import find_view_class


class AllowsAnyOrigin:
    """View mixin: scripts of any origin may read the responses, without credentials."""


class CorsPolicyMiddleware(CorsMiddleware):
    """django-cors-headers, extended by views that allow any origin.

    Other views stay closed, because a page of another site must not read the accounts of a service on the visitor's
    loopback interface. Credentials are never allowed: a page of a listed origin sends a token.
    """

    def check_signal(self, request: HttpRequest) -> bool:
        return allows_any_origin(request) or super().check_signal(request)

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "HTTP_ORIGIN" not in request.META:  # the library's own check parses all headers first
            patch_vary_headers(response, ["origin"])
            return response
        response = super().add_response_headers(request, response)
        if allows_any_origin(request) and "Access-Control-Allow-Origin" in response:
            response["Access-Control-Allow-Origin"] = "*"
        return response


def allows_any_origin(request: HttpRequest) -> bool:
    view_class = find_view_class(request.path_info)
    return view_class is not None and issubclass(view_class, AllowsAnyOrigin)
