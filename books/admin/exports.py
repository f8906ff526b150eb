"""The actions that export the selected rows of a list."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from books.exports.catalogue import Export, choose_format, write_download
from core.api.downloads import respond_with_compressed_file


class ExportActions:
    """Admin mixin. Exports rows that the person may see; a CSV file has the byte order mark that Excel needs."""

    export: Export

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_as_csv(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase:
        return self._export(request, rows, "csv")

    @admin.action(description="Export as JSON Lines", permissions=["view"])
    def export_as_json_lines(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase:
        return self._export(request, rows, "jsonl")

    def _export(self, request: HttpRequest, rows: QuerySet[Any], format_name: str) -> HttpResponseBase:
        form = choose_format(format_name, with_bom=True)
        visible = self.export.restrict(rows.order_by("pk"), request.user)
        parts = write_download(self.export, visible, form)
        return respond_with_compressed_file(request, parts, form.media_type, self.export.name_file(format_name))
