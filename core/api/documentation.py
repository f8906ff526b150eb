"""The schema and its documentation pages, which load nothing from other hosts and contain no inline script."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.response import Response
from rest_framework.routers import APIRootView

from core.web.cors import AllowsAnyOrigin
from core.web.csp import build_policy

# ReDoc runs its search in a worker that it creates from a blob; images from other hosts would be its logo.
POLICY = build_policy({"img-src": "'self' data:", "worker-src": "blob:"})


class DocumentationMixin(AllowsAnyOrigin):
    def finalize_response(self, *args: Any, **options: Any) -> Response:
        response: Response = super().finalize_response(*args, **options)  # type: ignore[misc]  # mixed into views only
        response["Content-Security-Policy"] = POLICY
        return response


class SwaggerView(DocumentationMixin, SpectacularSwaggerSplitView):
    url_name = "schema"


class RedocView(DocumentationMixin, SpectacularRedocView):
    url_name = "schema"
    template_name = "redoc.html"


class SchemaView(AllowsAnyOrigin, SpectacularAPIView):
    """The OpenAPI schema."""


class ApiRootView(AllowsAnyOrigin, APIRootView):
    """The list of the API's routes."""
