"""How far an import, its undo, or the requests to Open Library are, and how long they will take."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db.models import Count, Q
from django.utils import timezone

from users.models import ImportJob, ImportJobRow

Lookup, State = ImportJobRow.Lookup, ImportJob.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` and `total` are rows of an import, or library entries of an undo.

    `lookups` are rows with a request to Open Library, which did not find the `lookups_unknown` ones.
    `expected_seconds` is from the rate measured so far, for the present step; None if nothing is measured yet or
    nothing is left.
    """

    done: int
    total: int
    lookups: int
    lookups_waiting: int
    lookups_unknown: int
    expected_seconds: int | None

    @property
    def lookups_done(self) -> int:
        return self.lookups - self.lookups_waiting


def measure_progress(job: ImportJob) -> Progress:
    counts = job.rows.order_by().aggregate(
        total=Count("pk"),
        done=Count("pk", filter=~Q(outcome=None)),
        lookups=Count("pk", filter=~Q(lookup=Lookup.NONE)),
        waiting=Count("pk", filter=Q(lookup=Lookup.WAITING)),
        unknown=Count("pk", filter=Q(lookup=Lookup.UNKNOWN)),
    )
    done, total = count_undone(job) if job.state == State.UNDOING else (counts["done"], counts["total"])
    if job.state == State.IMPORTING:
        expected = estimate(job.started_at, done=done, left=total - done)
    elif job.has_ended:
        expected = estimate(job.finished_at, done=counts["lookups"] - counts["waiting"], left=counts["waiting"])
    else:
        expected = None
    return Progress(
        done=done,
        total=total,
        lookups=counts["lookups"],
        lookups_waiting=counts["waiting"],
        lookups_unknown=counts["unknown"],
        expected_seconds=expected,
    )


def count_undone(job: ImportJob) -> tuple[int, int]:
    left = job.rows.exclude(effects={}).exclude(entry=None).order_by().values("entry").distinct().count()
    done = sum(job.undone.values())
    return done, done + left


def estimate(started_at: datetime | None, *, done: int, left: int) -> int | None:
    if started_at is None or not done or not left:
        return None
    return ceil((timezone.now() - started_at).total_seconds() / done * left)
