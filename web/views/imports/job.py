"""`/library/import/<id>`: one page for an import, which shows its present step."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.views.generic import TemplateView

from users.imports.jobs.progress import measure_progress
from users.imports.jobs.undo import EMPTY_COUNTS
from users.models import ImportJob
from web.imports import columns, preview, report
from web.imports.services import label_format, list_formats
from web.views.imports.owned_jobs import ReaderMixin

State = ImportJob.State
STEP_OF_STATE = {
    State.UPLOADED: "reading", State.PREVIEWING: "reading", State.NEEDS_MAPPING: "columns", State.FAILED: "refused",
    State.IMPORTING: "progress", State.UNDOING: "progress",
}  # fmt: skip
CHOOSE_COLUMNS = "columns"  # the parameter that shows the choice of columns for a file whose format is known


class ImportView(ReaderMixin, TemplateView):
    template_name = "web/import.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        with transaction.atomic():  # an import in progress changes the numbers between the queries
            job = self.find_job()
            step = find_step(job, chooses_columns=CHOOSE_COLUMNS in self.request.GET)
            described = STEPS[step](job, self.request.GET)
        context |= {
            "job": job,
            "step": step,
            "format": label_format(job.format),
            "formats": list_formats(job),
            **described,
        }
        return super().get_context_data(**context)


def find_step(job: ImportJob, *, chooses_columns: bool = False) -> str:
    if job.state == State.READY:
        return "columns" if chooses_columns and job.columns else "preview"
    return STEP_OF_STATE.get(State(job.state), "report")


def describe_columns(job: ImportJob, data: Any) -> dict[str, Any]:
    """`data` has the reader's choices after an error."""
    chosen = data if "title" in data else None
    return {"fields": columns.list_fields(job, chosen), "samples": columns.list_samples(job)}


def describe_preview(job: ImportJob, data: Any) -> dict[str, Any]:
    outcomes = job.preview["outcomes"]
    reported = list(preview.list_reported_rows(job))
    return {
        "counts": preview.list_counts(job),
        "action": preview.describe_action(job),
        "questions": preview.list_questions(job),
        "first_rows": preview.list_first_rows(job),
        "reported": reported,
        "reported_rows": preview.count_reported_rows(job) if reported else 0,
        "may_overwrite": bool(outcomes["updated"] or outcomes["unchanged"]) or job.answers.get("overwrite", False),
    }


def describe_progress(job: ImportJob, data: Any) -> dict[str, Any]:
    return {"progress": measure_progress(job)}


def describe_report(job: ImportJob, data: Any) -> dict[str, Any]:
    tabs = report.list_tabs(job, data.get("outcome", ""))
    outcome = next((tab.outcome for tab in tabs if tab.is_current), "")
    return {
        "tabs": tabs,
        "outcome": outcome,
        "rows": report.load_rows(job, outcome, data.get("page")) if outcome else None,
        "progress": measure_progress(job) if job.has_ended else None,
        "undone": {**EMPTY_COUNTS, **job.undone},
        "may_undo": job.has_ended,
        "has_failed_rows": any(tab.outcome in {"failed", "skipped", "needs_review"} for tab in tabs),
    }


STEPS: dict[str, Callable[[ImportJob, Any], dict[str, Any]]] = {
    "reading": describe_progress,
    "columns": describe_columns,
    "refused": describe_progress,
    "preview": describe_preview,
    "progress": describe_progress,
    "report": describe_report,
}
