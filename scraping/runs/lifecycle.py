"""The life cycle of a ScrapeRun: queue, start, heartbeat, cancel, finish, and takeover from a process that died.

All times are the database's, because the clocks of hosts differ.
"""

import logging
from dataclasses import asdict
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now

from books.staff_events import StaffEvent
from books.staff_events import report as report_event
from scraping.errors import RunEnded, RunInProgress, RunTakenOver
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.report import Counts, ScrapeReport
from scraping.runs.earlier_runs import find_continued_start
from scraping.runs.liveness import describe_process, is_dead

logger = logging.getLogger(__name__)

State = ScrapeRun.State
REPORTED: dict[str, StaffEvent.Kind] = {
    State.FAILED: StaffEvent.Kind.RUN_FAILED,
    State.REJECTED: StaffEvent.Kind.RUN_REJECTED,
}
MAX_STORED_PROBLEMS = 200
TAKEN_OVER = (
    "The run is no longer active: its heartbeat had stopped, and it was cancelled or continued by another process."
)
CANCELLED = "The crawl was cancelled. The pages already read are stored."
CANCELLED_IN_QUEUE = "The crawl was cancelled before it started."
ABANDONED = "The crawl had ended or sent no heartbeat, and a later crawl took over."


def start(*, site: str, trigger: str, limit: int | None = None, is_full: bool = False) -> ScrapeRun:
    """Creates a run that this process executes. Raises RunInProgress if another one is queued or running."""
    fields = {"state": State.RUNNING, "book_limit": limit, "started_at": Now(), "attempts": 1, **describe_process()}
    return _create(site, is_full=is_full, fields={"trigger": trigger, **fields})


def queue(*, site: str, trigger: str, is_full: bool = False) -> ScrapeRun:
    """Creates a run that a worker claims. Raises RunInProgress if another one is queued or running."""
    return _create(site, is_full=is_full, fields={"trigger": trigger, "state": State.QUEUED})


def claim(pk: int) -> ScrapeRun | None:
    """Starts a queued run in this process. Returns None if it is no longer queued."""
    queued = ScrapeRun.objects.filter(pk=pk, state=State.QUEUED)
    fields = {"started_at": Now(), "heartbeat_at": Now(), "continues_since": Coalesce("continues_since", Now())}
    is_claimed = queued.update(state=State.RUNNING, attempts=F("attempts") + 1, **fields, **describe_process())
    return ScrapeRun.objects.get(pk=pk) if is_claimed else None


def heartbeat(run: ScrapeRun, counts: Counts, listed: int | None = None) -> bool:
    """Updates the heartbeat and the counts. Returns True if cancellation was requested.

    Raises RunTakenOver if this process no longer executes the run.
    """
    if not _select_running(run).update(heartbeat_at=Now(), listed=listed, **counts.as_json()):
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
    """Stores the final state and the last 200 problems. Raises RunTakenOver if another process took the run over."""
    changes = report.counts.price_changes
    outcome = {
        "state": report.state, "reason": report.reason, "listed": listed, "fill": fill or {},
        "price_changes": changes.count, "largest_changes": [change.as_json() for change in changes.largest],
    }  # fmt: skip
    if not _select_running(run).update(finished_at=Now(), **outcome, **report.counts.as_json()):
        raise RunTakenOver(TAKEN_OVER)
    report_to_staff(run, report.state, report.reason, changed=report.counts.changed)
    problems = [ScrapeProblem(run=run, **asdict(problem)) for problem in report.problems[-MAX_STORED_PROBLEMS:]]
    try:
        with transaction.atomic():
            ScrapeProblem.objects.bulk_create(problems)
    except (DatabaseError, ValueError):  # a ValueError for text that has no UTF-8 form
        logger.exception("The problems of run %d could not be stored.", run.pk)  # the run must not stay `running`


def cancel(run: ScrapeRun) -> None:
    """Cancels a queued or dead run at once, and requests a live one to stop. Raises RunEnded."""
    if run.state == State.QUEUED and end(run, State.CANCELLED, CANCELLED_IN_QUEUE):
        return
    if run.state == State.RUNNING and is_dead(run) and end(run, State.CANCELLED, CANCELLED):
        return
    if not _select_running(run).update(cancel_requested_at=Now()):
        run.refresh_from_db()
        raise RunEnded(f"Run {run.pk} has already ended: {run.state}.")


def end(run: ScrapeRun, state: State, reason: str) -> bool:
    """Ends a run that no process executes. Returns False if its state has changed since it was read."""
    unchanged = ScrapeRun.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts)
    is_ended = bool(unchanged.update(state=state, reason=reason, finished_at=Now()))
    if is_ended and state == State.INTERRUPTED:
        logger.warning("Run %d of %s was interrupted: %s", run.pk, run.site, reason)
        report_to_staff(run, State.FAILED, reason)
    return is_ended


def report_to_staff(run: ScrapeRun, state: str, reason: str | None, *, changed: int | None = None) -> None:
    """A run whose process died counts as failed. What it `changed` is unknown."""
    if kind := REPORTED.get(state):
        facts = {"run": run.pk, "site": run.site, "reason": reason, "changed": changed}
        report_event(StaffEvent(kind=kind, key=f"run {run.pk} {state}", facts=facts))


def queue_again(run: ScrapeRun, *, crashes: int = 0) -> bool:
    """Returns a run to the queue that its process left unfinished. `crashes` is the number of workers to add.

    Returns False if its state has changed since it was read, or if another run of the site is active.
    """
    unchanged = ScrapeRun.objects.filter(pk=run.pk, state=run.state, attempts=run.attempts)
    fields = {"finished_at": None, "reason": None, "crashes": F("crashes") + crashes, "task_id": ""}
    try:
        with transaction.atomic():
            return bool(unchanged.update(state=State.QUEUED, **fields))
    except IntegrityError:
        return False


def _create(site: str, *, is_full: bool, fields: dict[str, Any]) -> ScrapeRun:
    """Creates a run after marking a dead one as interrupted.

    Of two concurrent calls only one succeeds, because the database allows one active run for each site.
    """
    for run in ScrapeRun.objects.filter(site=site, state__in=ScrapeRun.ACTIVE):
        if run.state == State.QUEUED or not is_dead(run):
            raise RunInProgress(_describe_active(run))
        end(run, State.INTERRUPTED, ABANDONED)
    since = find_continued_start(site, is_full=is_full)
    try:
        with transaction.atomic():
            run = ScrapeRun.objects.create(site=site, is_full=is_full, continues_since=since or Now(), **fields)
    except IntegrityError:
        raise RunInProgress(f"Another crawl of {site} was started at the same moment.") from None
    run.refresh_from_db()  # the times are the database's
    return run


def _select_running(run: ScrapeRun) -> QuerySet[ScrapeRun]:
    """The run, if the attempt of this process is still the active one."""
    return ScrapeRun.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts)


def _describe_active(run: ScrapeRun) -> str:
    if run.state == State.QUEUED:
        return (
            f"A crawl of {run.site} is already queued: run {run.pk}. A worker (manage.py run_worker) executes it; to "
            "start another one, cancel it first."
        )
    host = run.host.split()[0]
    return f"A crawl of {run.site} is already running: run {run.pk}, process {run.process_id} on {host}."
