"""The life of a ScrapeRun: queue, start, keep alive, cancel, finish, and take over from one whose process is gone."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from scraping.errors import RunEnded, RunInProgress, RunTakenOver
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.quality_gates import Sight
from scraping.report import Counts, ScrapeReport
from scraping.runs.liveness import is_gone, this_host, this_process

logger = logging.getLogger(__name__)

State = ScrapeRun.State
HEARTBEAT = timedelta(seconds=1)
SILENCE = timedelta(seconds=30)
# A process that lives but says nothing for so long has lost the run: the database was away when it was to say its end.
LONG_SILENCE = timedelta(minutes=2)
KEPT_PROBLEMS = 200
TAKEN_OVER = "Another crawl took this one for dead and took its place."
CANCELLED = "It was cancelled; what it had read is kept."
CANCELLED_BEFORE = "It was cancelled before it began."
GONE = {
    State.QUEUED: f"No worker took it up within {SILENCE.seconds} s (manage.py db_worker starts one).",
    State.RUNNING: "Its process ended without a word; a later crawl took over.",
}


def start(*, site: str, trigger: str, limit: int | None = None, is_full: bool = False) -> ScrapeRun:
    """A new running run of this process. Raises RunInProgress where another is queued or on."""
    fields = {"state": State.RUNNING, "book_limit": limit, "is_full": is_full, "started_at": timezone.now()}
    return _create(site, trigger=trigger, **fields, **this_process())


def queue(*, site: str, trigger: str, is_full: bool = False) -> ScrapeRun:
    """A new run for a worker to `take_up`. Raises RunInProgress where another is queued or on."""
    return _create(site, trigger=trigger, state=State.QUEUED, is_full=is_full)


def take_up(pk: int) -> ScrapeRun | None:
    """The queued run, running now in this process; None where it waits no more: it was cancelled, or taken for dead."""
    now = timezone.now()
    queued = ScrapeRun.objects.filter(pk=pk, state=State.QUEUED)
    fields = {"state": State.RUNNING, "started_at": now, "heartbeat_at": now, **this_process()}
    return ScrapeRun.objects.get(pk=pk) if queued.update(**fields) else None


def beat(run: ScrapeRun, counts: Counts, listed: int | None = None) -> bool:
    """Says that the run lives, and how far it is; tells whether it is to end because somebody cancelled it.

    Raises RunTakenOver where it is no longer the running one.
    """
    if not _running(run).update(heartbeat_at=timezone.now(), listed=listed, **asdict(counts)):
        raise RunTakenOver(TAKEN_OVER)
    return _running(run).filter(cancel_requested_at__isnull=False).exists()


def hold(run: ScrapeRun) -> None:
    """Keeps others from taking the run over until the end of the transaction. Raises RunTakenOver where one has."""
    if not _running(run).select_for_update().exists():
        raise RunTakenOver(TAKEN_OVER)


@transaction.atomic
def finish(
    run: ScrapeRun, report: ScrapeReport, *, listed: int | None = None, fill: dict[str, float] | None = None
) -> None:
    """The last word on a run, with its last problems. Raises RunTakenOver where another crawl has had it already."""
    said = {"state": report.state, "reason": report.reason, "listed": listed, "fill": fill or {}}
    if not _running(run).update(finished_at=timezone.now(), **said, **asdict(report.counts)):
        raise RunTakenOver(TAKEN_OVER)
    problems = [ScrapeProblem(run=run, **asdict(problem)) for problem in report.problems[-KEPT_PROBLEMS:]]
    ScrapeProblem.objects.bulk_create(problems)


def cancel(run: ScrapeRun) -> None:
    """Ends a run that waits, or whose process is gone, at once, and asks a living one to. Raises RunEnded."""
    if run.state == State.QUEUED or (run.state == State.RUNNING and _is_gone(run)):
        reason = CANCELLED_BEFORE if run.state == State.QUEUED else CANCELLED
        same = ScrapeRun.objects.filter(pk=run.pk, state=run.state)
        if same.update(state=State.CANCELLED, reason=reason, finished_at=timezone.now()):
            return
    if not _running(run).update(cancel_requested_at=timezone.now()):
        run.refresh_from_db()
        raise RunEnded(f"Run {run.pk} has ended already: {run.state}.")


def last_good(site: str) -> Sight | None:
    """What the last run that succeeded saw of the whole shop; of a part of it where none did."""
    good = ScrapeRun.objects.filter(site=site, state=State.SUCCEEDED).order_by("-pk")
    run = good.filter(book_limit=None).first() or good.first()
    if run is None:
        return None
    listed = run.listed or 0
    return Sight(listed=listed, wanted=listed, fill=run.fill, is_complete=run.book_limit is None)


def last_verdict_at(site: str) -> datetime:
    """When the last run of the site ended that saw all it wanted to; what was read since is an unfinished run's."""
    ended = ScrapeRun.objects.filter(site=site, state__in=[State.SUCCEEDED, State.REJECTED])
    judged = ended.exclude(listed=None)  # one that saw no list judged nothing
    return judged.aggregate(Max("finished_at"))["finished_at__max"] or datetime.min.replace(tzinfo=UTC)


def _create(site: str, **fields: Any) -> ScrapeRun:
    """Makes room by marking a run interrupted that nobody executes any more.

    Two starts at once cannot both win: the database allows one active run a site.
    """
    for run in ScrapeRun.objects.filter(site=site, state__in=ScrapeRun.ACTIVE):
        if not _is_gone(run):
            raise RunInProgress(_told(run))
        _take_over(run)
    try:
        with transaction.atomic():
            return ScrapeRun.objects.create(site=site, **fields)
    except IntegrityError:
        raise RunInProgress(f"Another crawl of {site} started at this moment.") from None


def _running(run: ScrapeRun) -> QuerySet[ScrapeRun]:
    return ScrapeRun.objects.filter(pk=run.pk, state=State.RUNNING)


def _take_over(run: ScrapeRun) -> None:
    active = ScrapeRun.objects.filter(pk=run.pk, state=run.state)
    if active.update(state=State.INTERRUPTED, reason=GONE[State(run.state)], finished_at=timezone.now()):
        logger.warning("Run %d of %s was interrupted: %s", run.pk, run.site, GONE[State(run.state)])


def _told(run: ScrapeRun) -> str:
    if run.state == State.QUEUED:
        return f"A crawl of {run.site} is queued already: run {run.pk}."
    return f"A crawl of {run.site} is on already: run {run.pk}, process {run.process_id} on {run.host.split()[0]}."


def _is_gone(run: ScrapeRun) -> bool:
    """On this host the process itself tells; of another host's, and of one that waits, only the silence."""
    silence = timezone.now() - run.heartbeat_at
    if run.state == State.RUNNING and run.host == this_host():
        return silence > LONG_SILENCE or is_gone(run.process_id, run.process_started)
    return silence > SILENCE
