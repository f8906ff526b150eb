"""The queue of background tasks with each engine."""

from collections.abc import Iterator

import django_rq
import pytest
from django.core.exceptions import ImproperlyConfigured
from django_rq.workers import get_worker
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings
from rq.job import Job

from config import task_queue as task_queue_settings
from core.redis_queue import DAY, QUEUE, RESULT_TTL
from core.task_queue import enqueue, is_waiting
from scraping.tasks import crawl
from tests.support.redis_server import IS_INSTALLED, run_redis_server
from tests.support.service_process import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["database", "rq"])
def engine(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.TASKS_BACKEND = request.param
    settings.TASKS = {"default": {"BACKEND": task_queue_settings.ENGINES[request.param]}}
    if request.param == "database":
        yield request.param
        return
    if not IS_INSTALLED:
        pytest.skip("redis-server is not installed")
    with run_redis_server(free_port(), request.getfixturevalue("tmp_path")) as url:
        monkeypatch.setenv("QUEUE_URL", url)
        settings.RQ_QUEUES = task_queue_settings.redis_queues()
        yield request.param


def test_a_task_waits_until_a_worker_takes_it(engine: str) -> None:
    task_id = enqueue(crawl, 1)
    assert is_waiting(task_id)
    assert not is_waiting("")
    assert not is_waiting("00000000-0000-0000-0000-000000000000")

    if engine == "database":
        DBTaskResult.objects.get().claim("worker")
    else:
        queue = django_rq.get_queue(QUEUE)
        queue.connection.lpop(queue.key)  # as a worker that dies before it starts the task

    assert not is_waiting(task_id)


@pytest.mark.parametrize("engine", ["rq"], indirect=True)
@pytest.mark.usefixtures("engine")
def test_tasks_are_stored_as_json_and_expire() -> None:
    task_id = enqueue(crawl, 999)
    queue = django_rq.get_queue(QUEUE)
    job = Job.fetch(task_id, connection=queue.connection, serializer=queue.serializer)

    assert (job.args, job.timeout, job.result_ttl, job.failure_ttl) == ([999], -1, RESULT_TTL, DAY)
    worker = get_worker(
        QUEUE, worker_class="core.redis_queue.Worker", job_class="django_tasks_rq.Job", serializer=queue.serializer
    )
    assert worker.get_heartbeat_ttl(job) == DAY


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "TASKS_BACKEND=rq needs QUEUE_URL"),
        ({"QUEUE_URL": "amqp://127.0.0.1"}, "QUEUE_URL must start with redis://"),
        ({"QUEUE_URL": "redis://"}, "QUEUE_URL must start with redis://"),
        ({"QUEUE_URL": "redis://a/1", "CACHE_URL": "redis://a/1"}, "clearing the cache would delete tasks"),
    ],
)
def test_an_unusable_queue_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name in ("QUEUE_URL", "CACHE_URL"):
        monkeypatch.setenv(name, variables.get(name, ""))

    with pytest.raises(ImproperlyConfigured, match=message):
        task_queue_settings.redis_queues()
