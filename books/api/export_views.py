"""`GET /api/books/export` and `GET /api/prices/export`: the rows of a list as a file."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from books.exports.catalogue import EXPORTS, Export, choose_format, write_download
from books.exports.filters import BookExportFilter, ObservationFilter
from books.exports.formats import FORMATS
from books.models import Book, PriceObservation
from core.api.downloads import CsvRenderer, JsonLinesRenderer, respond_with_compressed_file
from core.api.query_parameters import DeclaredParametersMixin
from core.exceptions import InvalidParameters
from core.filters import TrueOrFalseField
from core.web.cors import AllowsAnyOrigin

BOM = "bom"
BOM_HELP = "Starts a CSV file with a byte order mark, without which Excel does not read UTF-8."
FORMAT_HELP = "`csv`, or `jsonl`: one JSON object in each line. Without it, the `Accept` header decides."
PARAMETERS = [
    OpenApiParameter("format", str, enum=list(FORMATS), description=FORMAT_HELP),
    OpenApiParameter(BOM, bool, description=BOM_HELP),
]
FILES = {(200, "text/csv"): OpenApiTypes.STR, (200, "application/jsonl"): OpenApiTypes.STR}


class ExportView(AllowsAnyOrigin, DeclaredParametersMixin, GenericAPIView[Any]):
    """Published rows, as in the lists. They are read in batches, and sent while they are read."""

    export: Export
    renderer_classes = [CsvRenderer, JsonLinesRenderer]
    pagination_class = None
    detail = False  # filters apply
    parameters = frozenset({BOM})

    def get_queryset(self) -> QuerySet[Any]:
        return self.export.restrict(super().get_queryset(), None)

    def respond(self, request: Request) -> StreamingHttpResponse:
        name = str(request.accepted_renderer.format)
        form = choose_format(name, with_bom=read_bom(request, name))
        parts = write_download(self.export, self.filter_queryset(self.get_queryset()), form)
        return respond_with_compressed_file(request, parts, form.media_type, self.export.name_file(name))


def read_bom(request: Request, format_name: str) -> bool:
    choices = [("true", "yes"), ("false", "no")]
    try:
        with_bom = TrueOrFalseField(choices=choices, required=False).clean(request.query_params.get(BOM, ""))
    except ValidationError as error:
        raise InvalidParameters({BOM: error.messages}, code="invalid_choice") from error
    if with_bom and format_name != "csv":
        raise InvalidParameters({BOM: ["Only CSV has a byte order mark. Remove it, or set format=csv."]})
    return bool(with_bom)


class BookExportView(ExportView):
    queryset = Book.objects.all()
    filterset_class = BookExportFilter
    export = EXPORTS["books"]

    @extend_schema(summary="Export books", parameters=PARAMETERS, responses=FILES, filters=True)
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.respond(request)


class PriceExportView(ExportView):
    queryset = PriceObservation.objects.all()
    filterset_class = ObservationFilter
    export = EXPORTS["prices"]

    @extend_schema(summary="Export the price history", parameters=PARAMETERS, responses=FILES, filters=True)
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.respond(request)
