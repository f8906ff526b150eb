"""One active run for each site, and the takeover of dead runs."""

import os
import time
from datetime import timedelta
from typing import Any

import psutil
import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from scraping.errors import RunInProgress, RunTakenOver
from scraping.models import ScrapeRun
from scraping.report import Counts, ScrapeReport
from scraping.runs import lifecycle as runs

pytestmark = pytest.mark.django_db

SITE = "books_to_scrape"


def start_run() -> ScrapeRun:
    return runs.start(site=SITE, trigger="command")


def make_report(**counts: Any) -> ScrapeReport:
    return ScrapeReport(site=SITE, url="http://shop/", dry_run=False, state="succeeded", counts=Counts(**counts))


def make_remote_run(**fields: Any) -> ScrapeRun:
    return ScrapeRun.objects.create(
        **{"site": SITE, "trigger": "command", "host": "elsewhere", "process_id": 1, "process_started": 0.0, **fields}
    )


def test_database_allows_one_active_run_for_each_site() -> None:
    start_run()

    for state in ("running", "queued"):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_remote_run(state=state)
    make_remote_run(state="failed")
    make_remote_run(site="another")


def test_second_start_is_refused_while_the_first_is_alive() -> None:
    run = start_run()

    with pytest.raises(RunInProgress, match=f"run {run.pk}, process {os.getpid()}"):
        start_run()


def test_next_run_starts_after_the_first_has_finished() -> None:
    run = start_run()
    runs.finish(run, make_report(seen=3, created=3))

    start_run()

    run.refresh_from_db()
    assert (run.state, run.created) == ("succeeded", 3)


def find_unused_process_id() -> int:
    return next(number for number in range(4_000_000, 2, -1) if not psutil.pid_exists(number))


@pytest.mark.parametrize("process", [{"process_id": find_unused_process_id()}, {"process_started": 1.0}])
def test_run_of_an_exited_local_process_is_taken_over_at_once(process: dict[str, Any]) -> None:
    run = start_run()
    ScrapeRun.objects.filter(pk=run.pk).update(**process)

    start_run()

    run.refresh_from_db()
    assert (run.state, run.reason) == (
        "interrupted",
        "The crawl had ended or sent no heartbeat, and a later crawl took over.",
    )
    assert run.finished_at is not None


HEARTBEAT_AGES = [("local", 100, False), ("local", 150, True), ("remote", 25, False), ("remote", 35, True)]


@pytest.mark.parametrize(("host", "seconds", "is_dead"), HEARTBEAT_AGES)
def test_old_heartbeat_allows_a_takeover(host: str, seconds: int, is_dead: bool) -> None:
    """After 30 s for other hosts; after 2 min for this one, where the process is checked first."""
    run = start_run() if host == "local" else make_remote_run()
    ScrapeRun.objects.update(heartbeat_at=Now() - timedelta(seconds=seconds))

    if is_dead:
        start_run()
    else:
        with pytest.raises(RunInProgress):
            start_run()

    run.refresh_from_db()
    assert run.state == ("interrupted" if is_dead else "running")


def test_clock_of_the_host_does_not_decide_about_a_takeover(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose clock is an hour ahead leaves a live run alone, and its own dead runs block no other host."""
    run = make_remote_run()
    hour_ahead = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: hour_ahead)

    with pytest.raises(RunInProgress):
        start_run()
    runs.heartbeat(run, Counts())
    monkeypatch.undo()
    ScrapeRun.objects.update(heartbeat_at=F("heartbeat_at") - timedelta(seconds=35))

    start_run()


def test_heartbeat_from_before_the_clock_was_set_back_allows_a_takeover() -> None:
    make_remote_run(heartbeat_at=Now() + timedelta(hours=1))

    start_run()


@pytest.mark.parametrize("hours", [0, 1])
def test_queued_run_waits_for_a_worker_as_long_as_needed(hours: int) -> None:
    run = runs.queue(site=SITE, trigger="api")
    ScrapeRun.objects.update(heartbeat_at=Now() - timedelta(hours=hours))

    with pytest.raises(RunInProgress, match=f"already queued: run {run.pk}[.] A worker .* executes it"):
        start_run()


def test_only_one_worker_claims_a_run() -> None:
    run = runs.queue(site=SITE, trigger="api")

    claimed = runs.claim(run.pk)

    assert claimed is not None
    assert (claimed.state, claimed.attempts, claimed.process_id) == ("running", 1, os.getpid())
    assert runs.claim(run.pk) is None


def test_process_of_an_earlier_attempt_cannot_change_the_run() -> None:
    run = runs.queue(site=SITE, trigger="api")
    first = runs.claim(run.pk)
    assert first is not None
    assert runs.queue_again(first, crashes=1)
    second = runs.claim(run.pk)
    assert second is not None

    for change in (lambda: runs.heartbeat(first, Counts()), lambda: runs.finish(first, make_report())):
        with pytest.raises(RunTakenOver):
            change()
    with pytest.raises(RunTakenOver), transaction.atomic():
        runs.lock_active(first)
    assert runs.heartbeat(second, Counts()) is False


def test_run_is_not_queued_again_beside_another_run_of_its_site() -> None:
    run = start_run()
    runs.finish(run, ScrapeReport(site=SITE, url="http://shop/", dry_run=False, state="interrupted"))
    run.refresh_from_db()
    start_run()

    assert not runs.queue_again(run)
    assert ScrapeRun.objects.get(pk=run.pk).state == "interrupted"


def test_heartbeat_stores_the_counts() -> None:
    run = start_run()
    ScrapeRun.objects.update(heartbeat_at=F("heartbeat_at") - timedelta(seconds=5))
    previous = ScrapeRun.objects.get().heartbeat_at

    runs.heartbeat(run, Counts(requests=7))

    run.refresh_from_db()
    assert (run.requests, run.heartbeat_at > previous) == (7, True)


def test_run_taken_over_is_not_changed() -> None:
    run = start_run()
    ScrapeRun.objects.update(state="interrupted", reason="taken over")

    with pytest.raises(RunTakenOver):
        runs.heartbeat(run, Counts())
    with pytest.raises(RunTakenOver):
        runs.finish(run, make_report())

    run.refresh_from_db()
    assert (run.state, run.reason) == ("interrupted", "taken over")
