"""Reads the file of a job, stores its rows, and computes the preview."""

from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from core.db.bulk import insert
from users.imports.errors import ImportFileRefused, UnknownColumns
from users.imports.jobs.answers import list_questions
from users.imports.jobs.planning import Outcome, plan_rows
from users.imports.jobs.row_values import from_values, to_values
from users.imports.read_file import ImportFile, read_import_file
from users.imports.rows import ImportRow
from users.models import ImportJob, ImportJobRow

BATCH = 500  # rows
COLUMNS = [
    "job", "number", "line", "raw", "values", "problems", "outcome", "reason", "fields", "effects", "match",
    "suggestions", "lookup",
]  # fmt: skip
READ_FIELDS = ("state", "error", "format", "columns", "samples", "unknown_columns", "preview")
State = ImportJob.State


def read_job_file(job: ImportJob) -> None:
    """Stores the rows and the preview. The job is then ready, needs a mapping of its columns, or has failed.

    A job that was cancelled during the reading stays cancelled.
    """
    try:
        with default_storage.open(job.file) as file:
            found = read_import_file(cast(BinaryIO, file), format_name=job.format or None, mapping=job.mapping or None)
            store_rows(job, found)
    except UnknownColumns as error:
        job.columns, job.samples = list(error.columns), [dict(each) for each in error.samples]
        job.state, job.error = State.NEEDS_MAPPING, str(error)
    except ImportFileRefused as error:
        job.state, job.error = State.FAILED, str(error)
    except OSError as error:  # of the storage
        job.state, job.error = State.FAILED, f"The file could not be read: {error}. Upload it again."
    read = {name: getattr(job, name) for name in READ_FIELDS}
    ImportJob.objects.filter(pk=job.pk, state=State.UPLOADED).update(**read, updated_at=timezone.now())
    job.refresh_from_db()


@transaction.atomic
def store_rows(job: ImportJob, found: ImportFile) -> None:
    """Replaces the rows of the job. Rows that cannot be imported have their outcome already."""
    job.rows.all().delete()
    job.format, job.columns, job.unknown_columns = found.format.name, list(found.columns), list(found.unknown_columns)
    numbered = enumerate(found.rows, start=1)
    while batch := list(islice(numbered, BATCH)):
        insert(ImportJobRow, COLUMNS, [_to_columns(job, number, row) for number, row in batch])
    job.state, job.error = State.READY, ""
    job.preview = build_preview(job)


def _to_columns(job: ImportJob, number: int, row: ImportRow) -> tuple[object, ...]:
    outcome = Outcome.FAILED if row.error else Outcome.SKIPPED if row.skip_reason else None
    problems = [{"field": each.field, "message": each.message} for each in row.problems]
    reason = row.error or row.skip_reason or ""
    return (job.pk, number, row.line, row.raw, to_values(row), problems, outcome, reason, [], {}, "", [], "")


def build_preview(job: ImportJob) -> dict[str, object]:
    """The planned outcomes with the present answers, and the questions."""
    rows = (from_values(values) for values in job.rows.values_list("values", flat=True).iterator(BATCH))
    return {**list_questions(rows), **count_rows(job), **count_planned_outcomes(job)}


def renew_preview(job: ImportJob) -> bool:
    """Counts the planned outcomes. Returns whether the reader has changed the answers in the meantime."""
    preview = {**job.preview, **count_planned_outcomes(job)}
    with transaction.atomic():
        current = ImportJob.objects.select_for_update().get(pk=job.pk)
        if current.state != State.PREVIEWING or current.answers != job.answers:
            return current.state == State.PREVIEWING
        current.preview, current.state = preview, State.READY
        current.save(update_fields=["preview", "state", "updated_at"])
    return False


def count_rows(job: ImportJob) -> dict[str, int]:
    return job.rows.order_by().aggregate(
        rows=Count("pk"),
        without_status=Count("pk", filter=Q(outcome=None) & ~Q(values__has_any_keys=["status", "shelf"])),
        rounded_ratings=Count("pk", filter=Q(values__has_key="stated_rating")),
        rows_with_problems=Count("pk", filter=~Q(problems=[])),
    )


def count_planned_outcomes(job: ImportJob) -> dict[str, object]:
    """The planned outcomes of the rows with the present answers.

    `repeated` rows are of a book that an earlier row of the file has; their effect depends on that row. The numbers of
    the outcomes and `repeated` add up to the number of rows.
    """
    outcomes, repeated, seen = job.count_outcomes(), 0, set[tuple[str, ...]]()
    for batch in batches(job.rows.filter(outcome=None).iterator(BATCH)):
        for plan in plan_rows(job, batch):
            is_repeated = bool(plan.targets & seen)
            repeated += is_repeated
            outcomes[plan.outcome] += not is_repeated
            seen |= set() if plan.outcome == Outcome.SKIPPED else plan.targets
    return {"outcomes": outcomes, "repeated": repeated}


def batches(rows: Iterable[ImportJobRow]) -> Iterable[list[ImportJobRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch
