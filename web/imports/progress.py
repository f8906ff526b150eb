"""How far an import, its undo, or the requests to Open Library are."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from users.models import ImportJob, ImportJobRow

Lookup, State = ImportJobRow.Lookup, ImportJob.State


@dataclass(frozen=True, slots=True)
class Progress:
    """`seconds_left` is None while no rate is known."""

    done: int
    total: int
    seconds_left: int | None = None


def measure_progress(job: ImportJob) -> Progress | None:
    """None for a job that does nothing to the library now."""
    if job.state == State.IMPORTING:
        return measure_import(job)
    if job.state == State.UNDOING:
        left = job.rows.exclude(effects={}).exclude(entry=None).values("entry").distinct().count()
        done = sum(job.undone.values())
        return Progress(done, done + left)
    return None


def measure_import(job: ImportJob) -> Progress:
    """The expected time is the rows that are left, at the rate since the start."""
    total = job.rows.count()
    done = total - job.rows.filter(outcome=None).count()
    elapsed = timezone.now() - job.started_at if job.started_at else timedelta()
    seconds = round((total - done) * elapsed.total_seconds() / done) if done else None
    return Progress(done, total, seconds)


@dataclass(frozen=True, slots=True)
class Enrichment:
    """The books of an import that are looked up at Open Library. `unknown` ones do not exist there."""

    total: int
    waiting: int
    unknown: int

    @property
    def done(self) -> int:
        return self.total - self.waiting


def measure_enrichment(job: ImportJob) -> Enrichment:
    rows = job.rows.order_by().exclude(lookup=Lookup.NONE)
    counts = dict(rows.values_list("lookup").annotate(Count("pk")))
    return Enrichment(sum(counts.values()), counts.get(Lookup.WAITING, 0), counts.get(Lookup.UNKNOWN, 0))
