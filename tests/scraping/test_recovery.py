"""Recovery of runs whose worker died or whose task was lost."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from scraping.models import ScrapeRun
from scraping.recovery import TOO_MANY_CRASHES, recover_runs
from scraping.runs import lifecycle as runs
from scraping.tasks import start_in_background

pytestmark = pytest.mark.django_db

SITE = "books_to_scrape"


def queue_run() -> ScrapeRun:
    run = start_in_background(site=SITE, trigger="api")
    run.refresh_from_db()
    return run


def claim_and_die(run: ScrapeRun) -> None:
    """A worker of another host takes the task, starts the run, and sends no more heartbeat."""
    DBTaskResult.objects.get(pk=run.task_id).claim("worker")
    assert runs.claim(run.pk)
    ScrapeRun.objects.update(host="elsewhere", heartbeat_at=F("heartbeat_at") - timedelta(seconds=31))


def list_waiting_runs() -> list[Any]:
    """The runs that the waiting tasks would start."""
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()]


def test_run_of_a_dead_worker_is_enqueued_again() -> None:
    run = queue_run()
    claim_and_die(run)
    assert list_waiting_runs() == []

    recover_runs()

    recovered = ScrapeRun.objects.get()
    assert (recovered.state, recovered.crashes, list_waiting_runs()) == ("queued", 1, [run.pk])
    assert runs.claim(run.pk)


def test_run_is_given_up_after_three_dead_workers() -> None:
    run = queue_run()
    for _ in range(3):
        claim_and_die(ScrapeRun.objects.get())
        recover_runs()

    run.refresh_from_db()
    assert (run.state, run.reason, run.attempts) == ("interrupted", TOO_MANY_CRASHES, 3)
    assert list_waiting_runs() == []


def test_live_run_is_left_alone() -> None:
    run = queue_run()
    runs.claim(run.pk)

    recover_runs()

    assert ScrapeRun.objects.get().state == "running"


def test_queued_run_with_a_waiting_task_is_left_alone() -> None:
    run = queue_run()
    ScrapeRun.objects.update(heartbeat_at=F("heartbeat_at") - timedelta(days=1))

    recover_runs()

    assert list_waiting_runs() == [run.pk]


@pytest.mark.parametrize("loss", ["the worker died before it started the run", "the task was deleted", "no task yet"])
def test_queued_run_whose_task_is_lost_is_enqueued_again(loss: str) -> None:
    run = queue_run()
    if loss == "the task was deleted":
        DBTaskResult.objects.all().delete()
    elif loss == "no task yet":
        DBTaskResult.objects.all().delete()
        ScrapeRun.objects.update(task_id="")
    else:
        DBTaskResult.objects.get().claim("worker")

    recover_runs()
    recover_runs()

    assert list_waiting_runs() == [run.pk]
    assert ScrapeRun.objects.get().task_id == str(DBTaskResult.objects.ready().get().pk)


def test_second_task_of_a_run_changes_nothing() -> None:
    run = queue_run()
    claimed = runs.claim(run.pk)
    assert claimed is not None

    assert runs.claim(run.pk) is None
    assert ScrapeRun.objects.get().process_id == os.getpid()


def test_cancelled_run_of_a_dead_worker_is_not_started_again() -> None:
    run = queue_run()
    claimed = runs.claim(run.pk)
    assert claimed is not None
    runs.cancel(claimed)
    ScrapeRun.objects.update(host="elsewhere", heartbeat_at=F("heartbeat_at") - timedelta(seconds=31))

    recover_runs()

    assert ScrapeRun.objects.get().state == "cancelled"


def test_dead_run_of_the_command_ends_as_interrupted() -> None:
    runs.start(site=SITE, trigger="command")
    ScrapeRun.objects.update(process_started=1.0)

    recover_runs()

    run = ScrapeRun.objects.get()
    assert (run.state, run.reason) == ("interrupted", runs.ABANDONED)


def test_run_is_queued_although_redis_is_unavailable(settings: Settings) -> None:
    """The periodic job enqueues it when Redis is available again."""
    settings.RQ_QUEUES = {"default": {"URL": "redis://127.0.0.1:1/0"}}
    settings.TASKS = {"default": {"BACKEND": "core.redis_queue.Backend"}}

    run = queue_run()
    assert (run.state, run.task_id) == ("queued", "")
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    recover_runs()

    assert list_waiting_runs() == [run.pk]
