"""The schema and its documentation pages, which load nothing from other hosts and contain no inline script."""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from core.api.problem_details import prefers_page
from core.web.cors import AllowsAnyOrigin
from core.web.csp import build_policy

METHODS = ["get", "head"]  # the response to OPTIONS would have no template
# ReDoc runs its search in a worker that it creates from a blob.
POLICY = build_policy({"worker-src": "blob:"})


class DocumentationMixin(AllowsAnyOrigin):
    def finalize_response(self, *args: Any, **options: Any) -> Response:
        response: Response = super().finalize_response(*args, **options)  # type: ignore[misc]  # mixed into views only
        response["Content-Security-Policy"] = POLICY
        return response


class SwaggerView(DocumentationMixin, SpectacularSwaggerSplitView):
    url_name = "schema"
    template_name = "swagger.html"
    http_method_names = METHODS


class RedocView(DocumentationMixin, SpectacularRedocView):
    url_name = "schema"
    template_name = "redoc.html"
    http_method_names = METHODS


REDOC = "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
REDOC_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"


@cache
def read_redoc() -> str:
    """ReDoc's script without the logo that it loads from another host."""
    path = finders.find(REDOC)
    assert path is not None  # the sidecar is installed
    return Path(path).read_text(encoding="utf-8").replace(REDOC_LOGO, static("colophon/mark.svg"))


@require_safe
@cache_control(max_age=86_400)
def redoc_script(request: HttpRequest) -> HttpResponse:
    return HttpResponse(read_redoc(), content_type="text/javascript; charset=utf-8")


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

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002  the REST framework's
        """A browser, which requests HTML, gets the first format."""
        if not prefers_page(request._request):
            return super().perform_content_negotiation(request, force)
        renderers: Any = self.get_renderers()
        if "format" in request.query_params:
            negotiator: Any = self.get_content_negotiator()
            renderers = negotiator.filter_renderers(renderers, request.query_params["format"])
        return renderers[0], renderers[0].media_type

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **options: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        with rendering:
            content = render_schema(renderer.media_type)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        # Browsers download types that they do not know.
        shown_as = {"yaml": "text/plain; charset=utf-8", "json": "application/json"}
        is_shown = prefers_page(request._request) and renderer.format in shown_as
        content_type = shown_as[renderer.format] if is_shown else renderer.media_type + charset
        response = HttpResponse(content, content_type=content_type, headers={"Vary": "Accept"})
        response["Content-Disposition"] = f'inline; filename="{spectacular_settings.TITLE}.{renderer.format}"'
        return response


class ApiRootView(AllowsAnyOrigin, APIView):
    """The entry points of the API. `docs` and `redoc` describe all operations, `schema` is their OpenAPI document."""

    name = "Colophon API"
    schema = None
    entry_points: ClassVar[dict[str, str]] = {}  # names of routes, with a query if the route needs one

    def get(self, request: Request) -> Response:
        routes = {name: route.partition("?") for name, route in self.entry_points.items()}
        links = {name: reverse(route, request=request) + mark + query for name, (route, mark, query) in routes.items()}
        return Response(links)
