"""How far an import is, and how long it will take."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db.models import Count, Q
from django.utils import timezone

from users.models import ImportJob, ImportJobRow

Lookup, State = ImportJobRow.Lookup, ImportJob.State
LOOKED_UP = (Lookup.FOUND, Lookup.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`rows_done` have an outcome. `lookups_waiting` are rows for which Open Library has to be asked.

    `expected_seconds` is from the rate measured so far, for what the job does now; None if nothing is measured yet or
    nothing is left.
    """

    rows_done: int
    rows_total: int
    lookups_waiting: int
    expected_seconds: int | None


def measure_progress(job: ImportJob) -> Progress:
    counts = job.rows.order_by().aggregate(
        total=Count("pk"),
        done=Count("pk", filter=~Q(outcome=None)),
        waiting=Count("pk", filter=Q(lookup=Lookup.WAITING)),
        looked_up=Count("pk", filter=Q(lookup__in=LOOKED_UP)),
    )
    if job.state == State.IMPORTING:
        expected = estimate(job.started_at, done=counts["done"], left=counts["total"] - counts["done"])
    elif job.state == State.FINISHED:
        expected = estimate(job.finished_at, done=counts["looked_up"], left=counts["waiting"])
    else:
        expected = None
    return Progress(
        rows_done=counts["done"],
        rows_total=counts["total"],
        lookups_waiting=counts["waiting"],
        expected_seconds=expected,
    )


def estimate(started_at: datetime | None, *, done: int, left: int) -> int | None:
    if started_at is None or not done or not left:
        return None
    return ceil((timezone.now() - started_at).total_seconds() / done * left)
