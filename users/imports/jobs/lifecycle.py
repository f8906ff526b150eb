"""The states of import jobs, and the steps that a worker does for them."""

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from core.text import describe_unknown_choice
from users.imports.formats import mapped
from users.imports.jobs import enrichment, undo, writing
from users.imports.jobs.answers import MEDIA_ANSWERS, SHELF_ANSWERS, STATUS_ANSWERS
from users.imports.jobs.parsing import count_planned_outcomes, read_job_file, renew_preview
from users.imports.read_file import FORMAT_NAMES
from users.models import ImportJob, User

State = ImportJob.State
UNFINISHED = (*ImportJob.ACTIVE, State.NEEDS_MAPPING, State.READY)
MAX_COUNTED_AT_ONCE = 2_000  # rows, which take about half a second; 10,000 take three
MAX_UNFINISHED = 20  # imports of a user
MAX_NAME = 200  # characters
RUNNING = "Another import is running. Wait until it has finished, or cancel it."


def create_job(*, user: User, name: str, file: BinaryIO, format_name: str = "") -> ImportJob:
    """Stores the file. A worker reads it next, or `run_step`.

    Raises ValidationError if the user has MAX_UNFINISHED other imports that are not finished.
    """
    require_free_slot(user)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # has `readinto`, as all files
    file.seek(0)
    stored = default_storage.save(f"imports/{uuid4().hex}", File(file))
    fields = {"file_name": name[:MAX_NAME] or "import", "file": stored, "file_hash": digest, "format": format_name}
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            require_free_slot(user)  # again, because other uploads may have ended in the meantime
            return ImportJob.objects.create(user=user, **fields)
    except BaseException:  # raised again; without a job nothing would delete the file
        default_storage.delete(stored)
        raise


def require_free_slot(user: User) -> None:
    """Raises ValidationError."""
    if ImportJob.objects.filter(user=user, state__in=UNFINISHED).count() >= MAX_UNFINISHED:
        raise ValidationError(
            f"{MAX_UNFINISHED} imports are not finished. Import their rows or cancel some, then retry."
        )


def run_step(job: ImportJob) -> bool:
    """Does the next short step of a job. Returns whether a further step follows at once."""
    job.refresh_from_db()
    if job.state == State.UPLOADED:
        read_job_file(job)
        return False
    if job.state == State.PREVIEWING:
        return renew_preview(job)
    if job.state == State.IMPORTING:
        if not writing.write_chunk(job):
            writing.finish(job)
        return True
    if job.state == State.UNDOING:
        return undo.undo_chunk(job)
    return job.has_ended and enrichment.look_up_batch(job)


@transaction.atomic
def answer(job: ImportJob, *, answers: Mapping[str, Any]) -> None:
    """Stores the reader's answers. The preview is computed at once, that of a large file by a worker.

    Raises ValidationError.
    """
    lock_job(job, State.READY, State.PREVIEWING)
    check_answers(job, answers)
    job.answers = {**job.answers, **answers}
    if job.preview["rows"] > MAX_COUNTED_AT_ONCE:
        job.state = State.PREVIEWING
    else:
        job.preview |= count_planned_outcomes(job)
    job.save(update_fields=["answers", "preview", "state", "updated_at"])


def check_answers(job: ImportJob, answers: Mapping[str, Any]) -> None:
    """Raises ValidationError for an answer to a question that the preview does not ask, or with an unknown value."""
    for name, allowed in (("shelves", SHELF_ANSWERS), ("media", MEDIA_ANSWERS)):
        asked = {each["name"] for each in job.preview.get(name, [])}
        for key, value in answers.get(name, {}).items():
            if key not in asked:
                raise ValidationError({name: f"The preview asks nothing about {key[:MAX_NAME]!r}."})
            if value not in allowed:
                raise ValidationError({name: f"{value!r} is no answer for {key!r}. Use one of {', '.join(allowed)}."})
    if "without_status" in answers:
        check_status_answer(job, answers["without_status"])


def check_status_answer(job: ImportJob, value: str) -> None:
    """Raises ValidationError."""
    if not job.preview.get("without_status"):
        raise ValidationError({"without_status": "Every row of the file states a reading status. Leave this out."})
    if value not in STATUS_ANSWERS:
        message = f"{value!r} is no answer for rows without a status. Use one of {', '.join(STATUS_ANSWERS)}."
        raise ValidationError({"without_status": message})


@transaction.atomic
def set_mapping(job: ImportJob, *, mapping: Mapping[str, str]) -> None:
    """Stores the meaning of the columns. A worker reads the file again. The next such file gets the mapping suggested.

    Raises ValidationError.
    """
    lock_job(job, State.NEEDS_MAPPING, State.READY, State.FAILED)
    check_mapping(job, mapping)
    read_again(job, mapping=dict(mapping), format_name="")


def check_mapping(job: ImportJob, mapping: Mapping[str, str]) -> None:
    """Raises ValidationError."""
    for field, column in mapping.items():
        if field not in mapped.FIELDS:
            raise ValidationError({"mapping": describe_unknown_choice(field, mapped.FIELDS)})
        if column not in job.columns:
            raise ValidationError({"mapping": f"The file has no column {column[:MAX_NAME]!r} for the field {field}."})
    if not {"title", "isbn"} & set(mapping):
        raise ValidationError({"mapping": "Choose the column with the title, or the one with the ISBN."})


@transaction.atomic
def set_format(job: ImportJob, *, format_name: str) -> None:
    """Chooses a format of FORMAT_NAMES, in place of the detected one. A worker reads the file again.

    Raises ValidationError.
    """
    lock_job(job, State.NEEDS_MAPPING, State.READY, State.FAILED)
    if format_name not in FORMAT_NAMES:
        raise ValidationError({"format": describe_unknown_choice(format_name, FORMAT_NAMES)})
    read_again(job, mapping={}, format_name=format_name)


def read_again(job: ImportJob, *, mapping: dict[str, str], format_name: str) -> None:
    """Raises ValidationError if the file was deleted."""
    if not job.file:
        raise ValidationError("The file is deleted 30 days after the upload. Upload it again.")
    job.mapping, job.format, job.state, job.error = mapping, format_name, State.UPLOADED, ""
    job.save(update_fields=["mapping", "format", "state", "error", "updated_at"])


def find_earlier_mapping(job: ImportJob) -> dict[str, str]:
    """The mapping that the reader chose for an earlier file with the same columns."""
    earlier = ImportJob.objects.filter(user=job.user, columns=job.columns).exclude(mapping={}).exclude(pk=job.pk)
    found = earlier.order_by("-pk").first()
    return found.mapping if found else {}


@transaction.atomic
def commit(job: ImportJob) -> None:
    """Starts the import. Raises ValidationError if the job is not ready, or if another import of the user runs."""
    require_no_other(job)
    require_state(job, State.READY)
    change_state(job, State.IMPORTING, started_at=timezone.now())


def require_no_other(job: ImportJob) -> None:
    """Locks the user. Raises ValidationError if another job of the user changes the library."""
    User.objects.select_for_update().get(pk=job.user_id)
    running = ImportJob.objects.filter(user=job.user_id, state__in=[State.IMPORTING, State.UNDOING])
    if running.exclude(pk=job.pk).exists():
        raise ValidationError(RUNNING)


def cancel(job: ImportJob) -> None:
    """Rows that are imported already stay, and can be undone. Raises ValidationError."""
    require_state(job, State.UPLOADED, State.NEEDS_MAPPING, State.PREVIEWING, State.READY, State.IMPORTING)
    change_state(job, State.CANCELLED, finished_at=timezone.now())


@transaction.atomic
def start_undo(job: ImportJob) -> None:
    """Raises ValidationError if the job has changed nothing, or if another import of the user runs."""
    require_no_other(job)
    require_state(job, State.FINISHED, State.CANCELLED, State.FAILED)
    if job.started_at is None:
        raise ValidationError("This import has not changed the library.")
    change_state(job, State.UNDOING, retry_at=None)


def require_state(job: ImportJob, *states: str) -> None:
    """Raises ValidationError."""
    job.refresh_from_db(fields=["state"])
    if job.state not in states:
        raise ValidationError(f"This is not possible now: the import is in the state “{job.get_state_display()}”.")


def lock_job(job: ImportJob, *states: str) -> None:
    """Loads the job again and locks it until the end of the transaction. Raises ValidationError.

    A failed import can be read again only if it failed before rows were imported.
    """
    job.refresh_from_db(from_queryset=ImportJob.objects.select_for_update())
    require_state(job, *states)
    if job.started_at is not None:
        raise ValidationError("Rows of this import are in the library. Undo it, then upload the file again.")


def change_state(job: ImportJob, state: str, **fields: Any) -> None:
    """Raises ValidationError if another request has changed the state since."""
    changed = ImportJob.objects.filter(pk=job.pk, state=job.state).update(
        state=state, updated_at=timezone.now(), **fields
    )
    if not changed:
        raise ValidationError("The import was changed at the same time. Load the page again.")
    job.refresh_from_db()


def delete_file(job: ImportJob) -> None:
    """The rows stay: they have everything that the file states."""
    if job.file:
        default_storage.delete(job.file)
        ImportJob.objects.filter(pk=job.pk).update(file="")
