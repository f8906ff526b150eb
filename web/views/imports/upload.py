"""`/library/import`: the upload of a file, and the reader's earlier imports."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import ListView

from core.web.body_limits import AcceptsLargeBodies
from users.imports.api.throttles import UploadsPerAccountThrottle
from users.imports.api.views import FORM_BYTES
from users.imports.jobs import lifecycle, tasks
from users.imports.read_file import MAX_BYTES
from users.imports.tables import MAX_ROWS
from users.models import ImportJob
from web.imports.services import ACCEPTED, SERVICES
from web.imports.summary import describe_jobs
from web.views.imports.owned_jobs import ReaderMixin, find_page

MEGABYTE = 1024 * 1024
JOBS_ON_A_PAGE = 24


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # the content is checked when it is read, with advice for each kind of file
        help_text=f"At most {MAX_BYTES // MEGABYTE} MB and {MAX_ROWS:,} books.",
        error_messages={"required": "Choose a file first."},
        widget=forms.ClearableFileInput({"accept": ACCEPTED}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError("The file is empty. Choose the CSV or JSON file of an export.")
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                f"The file has {file.size / MEGABYTE:.1f} MB. At most {MAX_BYTES // MEGABYTE} MB are possible. "
                "Split it into several files."
            )
        return file


class ImportsView(ReaderMixin, AcceptsLargeBodies, ListView[ImportJob]):
    large_bodies = {"post": MAX_BYTES + FORM_BYTES}
    template_name = "web/imports.html"
    context_object_name = "jobs"
    paginate_by = JOBS_ON_A_PAGE

    def get_queryset(self) -> Any:
        return ImportJob.objects.filter(user=self.reader)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = {"form": UploadForm(label_suffix=""), **super().get_context_data(**context), **context}
        return {**context, "services": SERVICES, "summaries": describe_jobs(context["jobs"])}

    def post(self, request: HttpRequest) -> HttpResponse:
        UploadsPerAccountThrottle().check(f"account {self.reader.pk}")
        form = UploadForm(request.POST, request.FILES, label_suffix="")
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form), status=422)
        file = form.cleaned_data["file"]
        job = lifecycle.create_job(user=self.reader, name=file.name or "", file=file)
        tasks.enqueue(job)
        return redirect(find_page(job.pk))
