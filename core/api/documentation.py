"""The documentation's pages, which ask nobody outside and hold no script of their own."""

from typing import Any

from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.response import Response

from core.web.csp import policy

# ReDoc would fetch a logo from elsewhere, and searches in a worker that it makes itself.
POLICY = policy({"img-src": "'self' data:", "worker-src": "blob:"})


class Documentation:
    def finalize_response(self, *args: Any, **options: Any) -> Response:
        response: Response = super().finalize_response(*args, **options)  # type: ignore[misc]  # mixed into views only
        response["Content-Security-Policy"] = POLICY
        return response


class Swagger(Documentation, SpectacularSwaggerSplitView):
    url_name = "schema"


class Redoc(Documentation, SpectacularRedocView):
    url_name = "schema"
    template_name = "redoc.html"
