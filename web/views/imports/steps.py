"""Forms that move an import to its next step: columns, answers, start, cancel, undo, and a new search."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from users.imports.jobs import lifecycle, review, tasks
from users.models import ImportJob
from web.imports import columns, preview
from web.imports.wording import count
from web.views.imports.job import ImportView, describe_columns
from web.views.imports.owned_jobs import JobActionView, find_page, show_errors

WITH_QUESTIONS = (ImportJob.State.READY, ImportJob.State.PREVIEWING)
MAX_FORMAT = 40  # characters
CHANGED = "Your answers have changed what the import does. Check the new numbers, and start it again."


class ColumnsView(JobActionView):
    """Stores the meaning of the columns, and reads the file again. Errors are shown with the reader's choices."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        job = self.find_job()
        try:
            lifecycle.set_mapping(job, mapping=columns.read_mapping(request.POST.dict()))
        except ValidationError as error:
            if job.state not in {ImportJob.State.NEEDS_MAPPING, ImportJob.State.READY}:
                show_errors(request, error)
                return redirect(find_page(job.pk))
            return self.show_again(job, error)
        tasks.enqueue(job)
        return redirect(find_page(job.pk))

    def show_again(self, job: ImportJob, error: ValidationError) -> HttpResponse:
        context = {"job": job, "step": "columns", "section": self.section, "errors": error.messages,
                   **describe_columns(job, self.request.POST)}  # fmt: skip
        return render(self.request, ImportView.template_name, context, status=422)


class FormatView(JobActionView):
    """Reads the file again in the format that the reader has chosen in place of the detected one."""

    def act(self, job: ImportJob) -> None:
        lifecycle.set_format(job, format_name=self.request.POST.get("format", "")[:MAX_FORMAT])
        tasks.enqueue(job)


class AnswersView(JobActionView):
    """Computes the preview with the reader's answers. htmx shows it at once."""

    def act(self, job: ImportJob) -> None:
        lifecycle.require_state(job, *WITH_QUESTIONS)
        answer(job, preview.read_answers(job, self.request.POST))


class StartView(JobActionView):
    """Starts the import, unless the form has answers that the preview does not show yet."""

    def act(self, job: ImportJob) -> None:
        lifecycle.require_state(job, ImportJob.State.READY)
        answers = preview.read_answers(job, self.request.POST)
        if preview.has_other_answers(job, answers):
            answer(job, answers)
            messages.error(self.request, CHANGED)
            return
        lifecycle.commit(job)
        tasks.enqueue(job)


def answer(job: ImportJob, answers: dict[str, Any]) -> None:
    """Raises ValidationError."""
    lifecycle.answer(job, answers=answers)
    if job.state == ImportJob.State.PREVIEWING:
        tasks.enqueue(job)


class CancelView(JobActionView):
    def act(self, job: ImportJob) -> None:
        lifecycle.cancel(job)


class UndoView(JobActionView):
    """Needs the checked box of the form, so that one click alone removes nothing."""

    def act(self, job: ImportJob) -> None:
        if self.request.POST.get("confirmed") != "on":
            raise ValidationError("Confirm first that the import is to be undone.")
        lifecycle.start_undo(job)
        tasks.enqueue(job)


class RetryView(JobActionView):
    """Repeats the requests to Open Library for the books that were unknown there."""

    def act(self, job: ImportJob) -> None:
        number = review.retry(job)
        if not number:
            raise ValidationError("No book of this import is unknown to Open Library.")
        tasks.enqueue(job)
        messages.success(self.request, f"Open Library is asked again for {count(number)}.")
