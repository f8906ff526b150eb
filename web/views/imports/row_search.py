"""`/library/import/<id>/rows/<number>/search`: a search for the book of a row to review."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from users.models import ImportJobRow
from web.imports.report import describe_rows
from web.imports.row_search import load_catalogue, load_open_library, read_search
from web.views.imports.owned_jobs import ReaderMixin, find_page
from web.views.search import as_api_request


class RowSearchView(ReaderMixin, TemplateView):
    """The hits of the catalogue. Scripts then load those of Open Library, which can be slow.

    With `sources=all` the page contains both, for browsers without scripts.
    """

    template_name = "web/import_search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A row that has been decided on since is shown in the report."""
        job = self.find_job()
        row: ImportJobRow = get_object_or_404(job.rows.all(), number=self.kwargs["number"])
        if row.outcome != ImportJobRow.Outcome.NEEDS_REVIEW or not job.has_ended:
            messages.error(request, f"Line {row.line} needs no decision.")
            return redirect(find_page(job.pk))
        return self.render_to_response(self.get_context_data(job=job, row=row))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        search = read_search(context["row"], self.request.GET)
        context |= {"each": describe_rows([context["row"]])[0], "search": search}
        if search.query:
            context["catalogue"] = load_catalogue(search.query, self.reader)
        if search.query and search.has_all_sources:
            context["open_library"] = load_open_library(search.query, as_api_request(self.request), self.reader)
        return super().get_context_data(**context)
