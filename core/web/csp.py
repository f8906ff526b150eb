"""The Content-Security-Policy header."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Scripts only from this site and never inline.
DIRECTIVES = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def build_policy(changes: dict[str, str] | None = None) -> str:
    """The header's value, with some directives changed or added."""
    return "; ".join(f"{name} {sources}" for name, sources in {**DIRECTIVES, **(changes or {})}.items())


DEFAULT_POLICY = build_policy()
# For the pages of readers: no inline styles either.
PAGE_POLICY = build_policy({"style-src": "'self'"})


class ContentSecurityPolicyMiddleware:
    """Adds the default policy unless the view has set another one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", DEFAULT_POLICY)
        return response
