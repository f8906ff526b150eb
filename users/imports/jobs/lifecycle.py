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

from users.imports.jobs import enrichment, undo, writing
from users.imports.jobs.answers import MEDIA_ANSWERS, SHELF_ANSWERS
from users.imports.jobs.parsing import build_preview, read_job_file
from users.models import ImportJob, User

State = ImportJob.State
MAX_NAME = 200
RUNNING = "Another import is running. Wait until it has finished, or cancel it."


def create_job(*, user: User, name: str, file: BinaryIO, format_name: str = "") -> ImportJob:
    """Stores the file. A worker reads it next, or `run_step`."""
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # has `readinto`, as all files
    file.seek(0)
    stored = default_storage.save(f"imports/{uuid4().hex}", File(file))
    return ImportJob.objects.create(
        user=user, file_name=name[:MAX_NAME] or "import", file=stored, file_hash=digest, format=format_name
    )


def run_step(job: ImportJob) -> bool:
    """Does the next short step of a job. Returns whether a further step follows at once."""
    job.refresh_from_db()
    if job.state == State.UPLOADED:
        read_job_file(job)
        return False
    if job.state == State.IMPORTING:
        if not writing.write_chunk(job):
            writing.finish(job)
        return True
    if job.state == State.UNDOING:
        return undo.undo_chunk(job)
    return job.state == State.FINISHED and enrichment.look_up_batch(job)


def answer(job: ImportJob, *, answers: Mapping[str, Any]) -> None:
    """Stores the reader's answers, and computes the preview again. Raises ValidationError."""
    require_state(job, State.READY)
    check_answers(answers)
    job.answers = {**job.answers, **answers}
    job.preview = build_preview(job)
    job.save(update_fields=["answers", "preview", "updated_at"])


def check_answers(answers: Mapping[str, Any]) -> None:
    for name, allowed in (("shelves", SHELF_ANSWERS), ("media", MEDIA_ANSWERS)):
        for key, value in answers.get(name, {}).items():
            if value not in allowed:
                raise ValidationError({name: f"{value!r} is no answer for {key!r}. Use one of {', '.join(allowed)}."})


def set_mapping(job: ImportJob, *, mapping: Mapping[str, str]) -> None:
    """Stores the meaning of the columns. The file is read again. The mapping is suggested for the next such file."""
    require_state(job, State.NEEDS_MAPPING, State.READY)
    job.mapping, job.format, job.state = dict(mapping), "", State.UPLOADED
    job.save()


def find_earlier_mapping(job: ImportJob) -> dict[str, str]:
    """The mapping that the reader chose for an earlier file with the same columns."""
    earlier = ImportJob.objects.filter(user=job.user, columns=job.columns).exclude(mapping={}).exclude(pk=job.pk)
    found = earlier.order_by("-pk").first()
    return found.mapping if found else {}


@transaction.atomic
def commit(job: ImportJob) -> None:
    """Starts the import. Raises ValidationError if the job is not ready, or if another import of the user runs."""
    User.objects.select_for_update().get(pk=job.user_id)
    require_state(job, State.READY)
    if ImportJob.objects.filter(user=job.user, state__in=[State.IMPORTING, State.UNDOING]).exists():
        raise ValidationError(RUNNING)
    change_state(job, State.IMPORTING, started_at=timezone.now())


def cancel(job: ImportJob) -> None:
    """Rows that are imported already stay, and can be undone. Raises ValidationError."""
    require_state(job, State.UPLOADED, State.NEEDS_MAPPING, State.READY, State.IMPORTING)
    change_state(job, State.CANCELLED, finished_at=timezone.now())


def start_undo(job: ImportJob) -> None:
    """Raises ValidationError if the job has changed nothing."""
    require_state(job, State.FINISHED, State.CANCELLED, State.FAILED)
    change_state(job, State.UNDOING, retry_at=None)


def require_state(job: ImportJob, *states: str) -> None:
    """Raises ValidationError."""
    job.refresh_from_db(fields=["state"])
    if job.state not in states:
        raise ValidationError(f"This is not possible now: the import is in the state “{job.get_state_display()}”.")


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
