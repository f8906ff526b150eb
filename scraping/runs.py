"""The life of a ScrapeRun: start, keep alive, finish, and take over from one whose process is gone."""

import logging
import os
import socket
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from scraping.errors import RunInProgress, RunTakenOver
from scraping.gates import Sight
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.report import Counts, ScrapeReport

logger = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=5)
SILENCE = timedelta(seconds=30)
KEPT_PROBLEMS = 200
TAKEN_OVER = "Another crawl took this one for dead and took its place."


def start(*, site: str, trigger: str) -> ScrapeRun:
    """A new running run. Raises RunInProgress where another is on; one whose process is gone is marked interrupted.

    Two starts at once cannot both win: the database allows one active run a site.
    """
    for run in ScrapeRun.objects.filter(site=site, state__in=ScrapeRun.ACTIVE):
        if not _is_gone(run):
            raise RunInProgress(_told(run))
        _take_over(run)
    try:
        with transaction.atomic():
            return ScrapeRun.objects.create(site=site, trigger=trigger, **_this_process())
    except IntegrityError:
        raise RunInProgress(f"Another crawl of {site} started at this moment.") from None


def beat(run: ScrapeRun, counts: Counts) -> None:
    """Says that the run lives, and how far it is. Raises RunTakenOver where it is no longer the running one."""
    changed = _running(run).update(heartbeat_at=timezone.now(), **asdict(counts))
    if not changed:
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


def last_good(site: str) -> Sight | None:
    """What the last run that succeeded saw of the whole shop; of a part of it where none did."""
    good = ScrapeRun.objects.filter(site=site, state=ScrapeRun.State.SUCCEEDED)
    run = good.order_by("-pk").first()
    if run is None:
        return None
    listed = run.listed or 0
    return Sight(listed=listed, wanted=listed, fill=run.fill, is_complete=run.seen >= listed)


def last_verdict_at(site: str) -> datetime:
    """When the last run of the site ended that saw all it wanted to; what was read since is an unfinished run's."""
    judged = ScrapeRun.objects.filter(site=site, state__in=[ScrapeRun.State.SUCCEEDED, ScrapeRun.State.REJECTED])
    return judged.aggregate(Max("finished_at"))["finished_at__max"] or datetime.min.replace(tzinfo=UTC)


def _running(run: ScrapeRun) -> QuerySet[ScrapeRun]:
    return ScrapeRun.objects.filter(pk=run.pk, state=ScrapeRun.State.RUNNING)


def _take_over(run: ScrapeRun) -> None:
    reason = "Its process ended without a word; a later crawl took over."
    active = ScrapeRun.objects.filter(pk=run.pk, state__in=ScrapeRun.ACTIVE)
    if active.update(state=ScrapeRun.State.INTERRUPTED, reason=reason, finished_at=timezone.now()):
        logger.warning("Run %d of %s was interrupted: its process is gone", run.pk, run.site)


def _told(run: ScrapeRun) -> str:
    return f"A crawl of {run.site} is on already: run {run.pk}, process {run.process_id} on {run.host.split()[0]}."


def _is_gone(run: ScrapeRun) -> bool:
    """On this host the process itself tells; of another host's only the silence."""
    if run.host != _host():
        return timezone.now() - run.heartbeat_at > SILENCE
    try:
        # Process ids are used again: the one that started at another time is another process.
        process = psutil.Process(run.process_id)
        is_another = abs(process.create_time() - run.process_started) > 1
        return is_another or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _this_process() -> dict[str, object]:
    process = psutil.Process()
    return {"host": _host(), "process_id": os.getpid(), "process_started": process.create_time()}


def _host() -> str:
    """Names the machine and, where the kernel tells, its boot and process namespace: ids mean nothing beyond them."""
    parts = [socket.gethostname()]
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if boot.exists():
        parts += [boot.read_text(encoding="ascii").strip(), str(namespace.readlink())]
    return " ".join(parts)
