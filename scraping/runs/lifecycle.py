"""The life cycle of a ScrapeRun: queue, start, heartbeat, cancel, finish, and takeover from a process that died."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from scraping.errors import RunEnded, RunInProgress, RunTakenOver
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.quality_gates import GoodRun
from scraping.report import Counts, ScrapeReport
from scraping.runs.liveness import HEARTBEAT_TIMEOUT, describe_process, is_dead

logger = logging.getLogger(__name__)

State = ScrapeRun.State
MAX_STORED_PROBLEMS = 200
TAKEN_OVER = (
    "The run is no longer active: its heartbeat had stopped, and it was cancelled or replaced by another crawl."
)
CANCELLED = "The crawl was cancelled. The pages already read are stored."
CANCELLED_IN_QUEUE = "The crawl was cancelled before it started."
ABANDONED = {
    State.QUEUED: f"No worker claimed the crawl within {HEARTBEAT_TIMEOUT.seconds} s. Start one: manage.py db_worker",
    State.RUNNING: "The crawl had ended or sent no heartbeat, and a later crawl took over.",
}


def start(*, site: str, trigger: str, limit: int | None = None, is_full: bool = False) -> ScrapeRun:
    """Creates a run that this process executes. Raises RunInProgress if another one is queued or running."""
    fields = {"state": State.RUNNING, "book_limit": limit, "is_full": is_full, "started_at": timezone.now()}
    return _create(site, trigger=trigger, **fields, **describe_process())


def queue(*, site: str, trigger: str, is_full: bool = False) -> ScrapeRun:
    """Creates a run that a worker claims. Raises RunInProgress if another one is queued or running."""
    return _create(site, trigger=trigger, state=State.QUEUED, is_full=is_full)


def claim(pk: int) -> ScrapeRun | None:
    """Starts a queued run in this process. Returns None if it was cancelled or taken over in the queue."""
    now = timezone.now()
    queued = ScrapeRun.objects.filter(pk=pk, state=State.QUEUED)
    fields = {"state": State.RUNNING, "started_at": now, "heartbeat_at": now, **describe_process()}
    return ScrapeRun.objects.get(pk=pk) if queued.update(**fields) else None


def heartbeat(run: ScrapeRun, counts: Counts, listed: int | None = None) -> bool:
    """Updates the heartbeat and the counts. Returns True if cancellation was requested.

    Raises RunTakenOver if another run has replaced this one.
    """
    if not _select_running(run).update(heartbeat_at=timezone.now(), listed=listed, **counts.as_json()):
        raise RunTakenOver(TAKEN_OVER)
    return _select_running(run).filter(cancel_requested_at__isnull=False).exists()


def lock_active(run: ScrapeRun) -> None:
    """Prevents a takeover until the end of the transaction. Raises RunTakenOver if there has been one."""
    if not _select_running(run).select_for_update().exists():
        raise RunTakenOver(TAKEN_OVER)


@transaction.atomic
def finish(
    run: ScrapeRun, report: ScrapeReport, *, listed: int | None = None, fill: dict[str, float] | None = None
) -> None:
    """Stores the final state and the last 200 problems. Raises RunTakenOver if another run has replaced this one."""
    outcome = {"state": report.state, "reason": report.reason, "listed": listed, "fill": fill or {}}
    if not _select_running(run).update(finished_at=timezone.now(), **outcome, **report.counts.as_json()):
        raise RunTakenOver(TAKEN_OVER)
    problems = [ScrapeProblem(run=run, **asdict(problem)) for problem in report.problems[-MAX_STORED_PROBLEMS:]]
    try:
        with transaction.atomic():
            ScrapeProblem.objects.bulk_create(problems)
    except (DatabaseError, ValueError):  # a ValueError for text that has no UTF-8 form
        logger.exception("The problems of run %d could not be stored.", run.pk)  # the run must not stay `running`


def cancel(run: ScrapeRun) -> None:
    """Cancels a queued or dead run at once, and requests a live one to stop. Raises RunEnded."""
    if run.state == State.QUEUED or (run.state == State.RUNNING and is_dead(run)):
        reason = CANCELLED_IN_QUEUE if run.state == State.QUEUED else CANCELLED
        unchanged = ScrapeRun.objects.filter(pk=run.pk, state=run.state)
        if unchanged.update(state=State.CANCELLED, reason=reason, finished_at=timezone.now()):
            return
    if not _select_running(run).update(cancel_requested_at=timezone.now()):
        run.refresh_from_db()
        raise RunEnded(f"Run {run.pk} has already ended: {run.state}.")


def find_last_good_run(site: str) -> GoodRun | None:
    """The figures of the last successful run without a limit, or of the last successful run if all had one."""
    succeeded = ScrapeRun.objects.filter(site=site, state=State.SUCCEEDED).order_by("-pk")
    run = succeeded.filter(book_limit=None).first() or succeeded.first()
    if run is None:
        return None
    return GoodRun(listed=run.listed or 0, fill=run.fill, is_unlimited=run.book_limit is None)


def find_last_decision_time(site: str) -> datetime:
    """When the last run was accepted or rejected. Pages that were staged later belong to an unfinished run."""
    ended = ScrapeRun.objects.filter(site=site, state__in=[State.SUCCEEDED, State.REJECTED])
    decided = ended.exclude(listed=None)  # a run without a listing was rejected before any page was staged
    return decided.aggregate(Max("finished_at"))["finished_at__max"] or datetime.min.replace(tzinfo=UTC)


def _create(site: str, **fields: Any) -> ScrapeRun:
    """Creates a run after marking a dead one as interrupted.

    Of two concurrent calls only one succeeds, because the database allows one active run for each site.
    """
    for run in ScrapeRun.objects.filter(site=site, state__in=ScrapeRun.ACTIVE):
        if not is_dead(run):
            raise RunInProgress(_describe_active(run))
        _mark_interrupted(run)
    try:
        with transaction.atomic():
            return ScrapeRun.objects.create(site=site, **fields)
    except IntegrityError:
        raise RunInProgress(f"Another crawl of {site} was started at the same moment.") from None


def _select_running(run: ScrapeRun) -> QuerySet[ScrapeRun]:
    return ScrapeRun.objects.filter(pk=run.pk, state=State.RUNNING)


def _mark_interrupted(run: ScrapeRun) -> None:
    reason = ABANDONED[State(run.state)]
    active = ScrapeRun.objects.filter(pk=run.pk, state=run.state)
    if active.update(state=State.INTERRUPTED, reason=reason, finished_at=timezone.now()):
        logger.warning("Run %d of %s was interrupted: %s", run.pk, run.site, reason)


def _describe_active(run: ScrapeRun) -> str:
    if run.state == State.QUEUED:
        return f"A crawl of {run.site} is already queued: run {run.pk}."
    host = run.host.split()[0]
    return f"A crawl of {run.site} is already running: run {run.pk}, process {run.process_id} on {host}."
