"""Forms about single rows of an import: choosing a book, keeping the row as entered, correcting it; and the file of
the rows that were not imported.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import View
from rest_framework.exceptions import APIException

from core.api.problem_details import describe_error
from users.imports.api.request_serializers import ChoiceSerializer
from users.imports.jobs import review, tasks
from users.library.saving import SaveRequest
from users.library.views import fetch_errors
from users.models import ImportJob, ImportJobRow
from web.imports.row_search import repeat_search
from web.views.imports.owned_jobs import JobActionView, ReaderMixin, find_page
from web.views.saving import parse_id

MAX_FIELD = 1_000  # characters of a correction
Outcome = ImportJobRow.Outcome


class RowView(JobActionView):
    """Returns to the list of rows with the same outcome."""

    def get_return_address(self, job: ImportJob) -> str:
        query = {name: self.request.POST.get(name, "")[:20] for name in ("outcome", "page")}
        return f"{find_page(job.pk)}?{urlencode({name: value for name, value in query.items() if value})}#rows"

    def find_row(self, job: ImportJob) -> ImportJobRow:
        """Raises Http404."""
        return get_object_or_404(job.rows.all(), number=self.kwargs["number"])


class AcceptView(RowView):
    """Gives the row a book of the catalogue or of Open Library. After an error, the reader's search is shown again."""

    is_done = False

    def act(self, job: ImportJob) -> None:
        row, choice = self.find_row(job), self.read_choice()
        try:
            with fetch_errors(choice):
                review.choose(row, choice=choice)
        except APIException as error:
            raise ValidationError(describe_error(error)) from error
        row.refresh_from_db()
        self.is_done = True
        messages.success(self.request, f"Line {row.line} is “{row.book.title if row.book else row.title}” now.")

    def read_choice(self) -> SaveRequest:
        """Raises Http404 if the form names no book that the reader can see."""
        identifiers: dict[str, Any] = {name: self.request.POST.get(name) or None for name in ("work_key", "isbn")}
        identifiers["book"] = parse_id(self.request.POST.get("book", ""))
        serializer = ChoiceSerializer(data=identifiers, context={"request": self.request})
        if not serializer.is_valid():
            raise Http404
        choice: SaveRequest = serializer.validated_data["save_request"]
        return choice

    def get_return_address(self, job: ImportJob) -> str:
        search = self.request.POST.get("search", "")
        if self.is_done or not search:
            return super().get_return_address(job)
        return f"{reverse('web:import-search', args=[job.pk, self.kwargs['number']])}?{repeat_search(search)}"


class KeepView(RowView):
    def act(self, job: ImportJob) -> None:
        row = self.find_row(job)
        review.keep(row)
        messages.success(self.request, f"“{row.title}” stays as the file states it.")


class CorrectView(RowView):
    """Imports a row again with the reader's title, authors and ISBN."""

    def act(self, job: ImportJob) -> None:
        row = self.find_row(job)
        review.correct(row, values=self.read_values())
        row.refresh_from_db()
        if row.lookup == ImportJobRow.Lookup.WAITING:
            tasks.enqueue(job)
        if row.outcome in {Outcome.FAILED, Outcome.NEEDS_REVIEW}:
            messages.error(self.request, f"Line {row.line}: {row.reason}")
        else:
            messages.success(self.request, f"“{row.title}” is in your library.")

    def read_values(self) -> dict[str, Any]:
        """Raises ValidationError."""
        texts = {name: " ".join(self.request.POST.get(name, "").split()) for name in ("title", "isbn")}
        names = [" ".join(line.split()) for line in self.request.POST.get("authors", "").splitlines()]
        if max(map(len, [*texts.values(), *names]), default=0) > MAX_FIELD:
            raise ValidationError(f"A title or a name has at most {MAX_FIELD:,} characters.")
        return {"title": texts["title"], "authors": [name for name in names if name], "isbn_13": texts["isbn"]}


class FailedRowsView(ReaderMixin, View):
    """The rows that were not imported, with their reasons, as a table that can be corrected and imported."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.find_job()
        response = HttpResponse(review.write_failed_rows(job), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-not-imported.csv"'
        return response
