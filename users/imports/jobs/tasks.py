"""The background task of imports. Its rows are the truth, and the task only wakes a worker."""

import time
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from core import task_queue
from users.imports.jobs import lifecycle
from users.models import ImportJob, ImportJobRow

STEP_SECONDS = 2.0  # after which a task ends and enqueues the next one, so that other tasks get their turn
LOST_AFTER = timedelta(minutes=1)  # without a step
KEEP_FILES = timedelta(days=30)


def enqueue(job: ImportJob) -> None:
    task_id = task_queue.enqueue(advance, job.pk)
    ImportJob.objects.filter(pk=job.pk).update(task_id=task_id, updated_at=timezone.now())


@task()
def advance(pk: int) -> str:
    """Does steps of a job for STEP_SECONDS. Returns the state of the job."""
    job = ImportJob.objects.filter(pk=pk).first()
    if job is None:
        return "deleted"
    end = time.monotonic() + STEP_SECONDS
    while has_more := lifecycle.run_step(job):
        if time.monotonic() > end:
            break
    if has_more:
        enqueue(job)
    job.refresh_from_db(fields=["state"])
    return job.state


def find_lost() -> list[ImportJob]:
    """Jobs with work to do and no step since LOST_AFTER: a worker died, or requests to Open Library can be retried."""
    now = timezone.now()
    waiting = ImportJobRow.objects.filter(lookup=ImportJobRow.Lookup.WAITING, job__state__in=ImportJob.ENDED)
    has_lookups = Q(pk__in=waiting.values("job")) & (Q(retry_at=None) | Q(retry_at__lte=now))
    jobs = ImportJob.objects.filter(Q(state__in=ImportJob.ACTIVE) | has_lookups, updated_at__lt=now - LOST_AFTER)
    return [job for job in jobs if not task_queue.is_waiting(job.task_id)]


def recover_imports() -> None:
    for job in find_lost():
        enqueue(job)


def delete_old_files() -> None:
    for job in ImportJob.objects.exclude(file="").filter(created_at__lt=timezone.now() - KEEP_FILES):
        lifecycle.delete_file(job)
