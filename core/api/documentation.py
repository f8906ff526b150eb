"""The schema and its documentation pages, which load nothing from other hosts and contain no inline script."""

from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponse
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request
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


RENDERERS: dict[str, Any] = {renderer.media_type: renderer for renderer in SpectacularAPIView.renderer_classes}
rendering = Lock()  # threads that start at the same time would otherwise all render the document


@cache
def render_schema(media_type: str) -> bytes:
    """Renders each format once in a process: it takes a tenth of a second, and the result depends on the code alone."""
    generator: Any = SpectacularAPIView.generator_class
    content: bytes = RENDERERS[media_type]().render(generator().get_schema(request=None, public=True))
    return content


class SchemaView(AllowsAnyOrigin, SpectacularAPIView):
    """The OpenAPI schema. There is one version, in one language: only the query parameter `format` has an effect."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **options: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        with rendering:
            content = render_schema(renderer.media_type)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        response = HttpResponse(content, content_type=renderer.media_type + charset)
        response["Content-Disposition"] = f'inline; filename="{spectacular_settings.TITLE}.{renderer.format}"'
        return response


class ApiRootView(AllowsAnyOrigin, APIRootView):
    """The list of the API's routes."""
