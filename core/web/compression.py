"""Compression of pages. JSON is not compressed, because its ETag would become weak, which If-Match rejects."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PageCompressionMiddleware(GZipMiddleware):
    """Compresses HTML for clients that accept gzip.

    Django adds a random number of bytes to each response, and masks the CSRF token differently each time, so that
    the length of a page does not disclose its secrets (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
