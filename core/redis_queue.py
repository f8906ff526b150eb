"""The queue in Redis (TASKS_BACKEND=rq). Tasks are stored as JSON and executed in the process of the worker.

Only processes with that setting import this module, because RQ takes fifteen megabytes of memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import django_rq
from django.db import close_old_connections
from django_rq.workers import get_worker
from django_tasks.base import Task, TaskResult
from django_tasks_rq import Job, RQBackend
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import NoSuchJobError
from rq.job import Job as StoredJob
from rq.serializers import JSONSerializer

from core.redaction import redact
from core.task_queue import QueueUnavailable

QUEUE = "default"
DAY = 86_400  # seconds
RESULT_TTL = 600  # seconds


@contextmanager
def raising_queue_unavailable() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise QueueUnavailable(f"Redis cannot be used: {redact(str(error))} Check QUEUE_URL.") from error


class Queue(django_rq.queues.DjangoRQ):
    """Limits how long Redis keeps finished jobs. RQ keeps failed ones for a year."""

    def create_job(self, *arguments: Any, **options: Any) -> StoredJob:
        return super().create_job(*arguments, **{"result_ttl": RESULT_TTL, "failure_ttl": DAY, **options})


class Backend(RQBackend):
    """Reads jobs as JSON. RQ's default is pickle, which lets everyone who can write to Redis execute code."""

    supports_priority = True  # of the highest one, which goes to the front of the queue

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Raises QueueUnavailable."""
        with raising_queue_unavailable():
            return super().enqueue(task, args, kwargs)

    def has_position(self, task_id: str) -> bool:
        """Whether the task is in the queue. Raises QueueUnavailable.

        The state of the job does not show it: a job keeps the state `queued` if its worker dies before starting it.
        """
        with raising_queue_unavailable():
            return django_rq.get_queue(QUEUE).get_job_position(task_id) is not None

    def _get_job(self, result_id: str) -> Job | None:
        try:
            job = Job.fetch(result_id, connection=django_rq.get_connection(QUEUE), serializer=JSONSerializer)
            return cast(Job, job)
        except NoSuchJobError:
            return None


class Worker(SimpleWorker):
    def get_heartbeat_ttl(self, *_: Any, **__: Any) -> int:
        """The seconds after which a running job counts as abandoned. The runs of crawls have their own heartbeats."""
        return DAY

    def perform_job(self, *arguments: Any, **options: Any) -> bool:
        """Opens a new database connection, because the last one may have been lost while the worker waited."""
        close_old_connections()
        try:
            return bool(super().perform_job(*arguments, **options))
        finally:
            close_old_connections()


def work() -> None:
    """Executes tasks until SIGTERM or Ctrl-C. Raises QueueUnavailable if Redis is unavailable at the start."""
    with raising_queue_unavailable():
        worker = get_worker(QUEUE, worker_class="core.redis_queue.Worker", job_class=Job, serializer=JSONSerializer)
        worker.work(logging_level="WARNING")
