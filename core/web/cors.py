"""Which pages of other origins may read what."""

import re

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

# The catalogue, the search, the documentation and the health: what anyone may read anyway.
PUBLIC = re.compile(r"/|/ready|/docs|(/api)?/(books|authors|categories|search)(/.*)?|/api(/schema|/docs|/redoc)?")


class Cors(CorsMiddleware):
    """django-cors-headers with two policies: any origin reads what is public, listed ones use the rest.

    A page in somebody's browser must not read the people of a service on their loopback. Credentials are never
    allowed: a page that may use the rest sends a token.
    """

    def check_signal(self, request: HttpRequest) -> bool:
        return is_public(request) or super().check_signal(request)

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "HTTP_ORIGIN" not in request.META:  # as the library would, which reads all headers first to see it
            patch_vary_headers(response, ["origin"])
            return response
        response = super().add_response_headers(request, response)
        if is_public(request) and "Access-Control-Allow-Origin" in response:
            response["Access-Control-Allow-Origin"] = "*"
        return response


def is_public(request: HttpRequest) -> bool:
    return bool(PUBLIC.fullmatch(request.path_info.rstrip("/") or "/"))
