"""`GET /api/library/export`: a library as a file."""

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.downloads import CsvRenderer, respond_with_file
from core.api.permissions import ExplainsDenial
from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from users.library.export_document import write_document
from users.library.export_table import write_table
from users.library.owner import PARAMETER, SHARED, find_owner
from users.library.permissions import CanUseLibrary
from users.models import User

EXPORTS = {"json": ("application/json", write_document), "csv": ("text/csv; charset=utf-8", write_table)}


class LibraryExportView(NeverStored, DeclaredParametersMixin, ExplainsDenial, APIView):
    """The caller's library as JSON, which an import restores without loss, or as CSV for other services."""

    permission_classes = [CanUseLibrary]
    renderer_classes = [JSONRenderer, CsvRenderer]
    parameters = frozenset({PARAMETER})

    @extend_schema(
        summary="Export the library",
        parameters=[SHARED, OpenApiParameter("format", str, enum=list(EXPORTS), description="json, or csv.")],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/csv"): OpenApiTypes.STR},
        filters=False,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        return respond_with_export(find_owner(request), str(request.accepted_renderer.format))


def respond_with_export(owner: User | None, format_name: str) -> StreamingHttpResponse:
    media_type, write = EXPORTS[format_name]
    return respond_with_file(write(owner), media_type, f"colophon-library-{timezone.localdate()}.{format_name}")
