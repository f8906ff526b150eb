"""One crawl a site at a time, and who is gone."""

import os
from datetime import timedelta
from typing import Any

import psutil
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from scraping.errors import RunInProgress, RunTakenOver
from scraping.models import ScrapeRun
from scraping.report import Counts, ScrapeReport
from scraping.runs import lifecycle as runs

pytestmark = pytest.mark.django_db

SITE = "books_to_scrape"


def start() -> ScrapeRun:
    return runs.start(site=SITE, trigger="command")


def report(**counts: int) -> ScrapeReport:
    return ScrapeReport(site=SITE, url="http://shop/", dry_run=False, state="succeeded", counts=Counts(**counts))


def elsewhere(**fields: Any) -> ScrapeRun:
    return ScrapeRun.objects.create(
        **{"site": SITE, "trigger": "command", "host": "elsewhere", "process_id": 1, "process_started": 0.0, **fields}
    )


def test_the_database_allows_one_active_run_a_site() -> None:
    start()

    for state in ("running", "queued"):
        with pytest.raises(IntegrityError), transaction.atomic():
            elsewhere(state=state)
    elsewhere(state="failed")
    elsewhere(site="another")


def test_a_second_start_is_refused_while_the_first_lives() -> None:
    run = start()

    with pytest.raises(RunInProgress, match=f"run {run.pk}, process {os.getpid()}"):
        start()


def test_a_finished_run_makes_room() -> None:
    run = start()
    runs.finish(run, report(seen=3, created=3))

    start()

    run.refresh_from_db()
    assert (run.state, run.created) == ("succeeded", 3)


def dead_process() -> int:
    return next(number for number in range(4_000_000, 2, -1) if not psutil.pid_exists(number))


@pytest.mark.parametrize("gone", [{"process_id": dead_process()}, {"process_started": 1.0}])
def test_a_run_of_this_host_whose_process_is_gone_is_taken_over_at_once(gone: dict[str, Any]) -> None:
    run = start()
    ScrapeRun.objects.filter(pk=run.pk).update(**gone)

    start()

    run.refresh_from_db()
    assert run.state == "interrupted"
    assert run.finished_at is not None
    assert run.reason


SILENCES = [("this host", 100, False), ("this host", 150, True), ("elsewhere", 25, False), ("elsewhere", 35, True)]


@pytest.mark.parametrize(("where", "silence", "gone"), SILENCES)
def test_silence_tells_of_another_host_s_run_and_long_silence_of_any(where: str, silence: int, gone: bool) -> None:
    """A process of this host that lives but says nothing for long has lost its run."""
    run = start() if where == "this host" else elsewhere()
    ScrapeRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=silence))

    if gone:
        start()
    else:
        with pytest.raises(RunInProgress):
            start()

    run.refresh_from_db()
    assert run.state == ("interrupted" if gone else "running")


def test_a_heartbeat_tells_how_far_it_is() -> None:
    run = start()
    before = ScrapeRun.objects.get().heartbeat_at

    runs.beat(run, Counts(requests=7))

    run.refresh_from_db()
    assert (run.requests, run.heartbeat_at > before) == (7, True)


def test_a_run_that_was_taken_over_learns_it_and_keeps_quiet() -> None:
    run = start()
    ScrapeRun.objects.update(state="interrupted", reason="taken over")

    with pytest.raises(RunTakenOver):
        runs.beat(run, Counts())
    with pytest.raises(RunTakenOver):
        runs.finish(run, report())

    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", "taken over")
