"""HTTP caching of responses about people."""

from typing import Any

from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response


class VariesByCaller:
    """View mixin: `Vary` states that a response depends on the caller's token or session."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]  # of a view
        patch_vary_headers(final, ["Authorization", "Cookie"])
        return final


class NeverStored(VariesByCaller):
    """View mixin: browsers and proxies do not store the responses, because they contain personal data or tokens."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final
