"""HTTP caching of responses about people."""

from typing import Any

from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response


class NeverStored:
    """View mixin: browsers and proxies do not store the responses, because they contain personal data or tokens."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]  # of a view
        final["Cache-Control"] = "no-store"
        patch_vary_headers(final, ["Authorization", "Cookie"])
        return final
