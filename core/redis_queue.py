"""The queue in Redis (TASKS_BACKEND=rq). Tasks are stored as JSON and executed in the process of the worker."""

from typing import Any, cast

import django_rq
from django.db import close_old_connections
from django_rq.workers import get_worker
from django_tasks_rq import Job, RQBackend
from rq import SimpleWorker
from rq.exceptions import NoSuchJobError
from rq.serializers import JSONSerializer

QUEUE = "default"


class Backend(RQBackend):
    """Reads jobs as JSON. RQ's default is pickle, which lets everybody execute code who can write to Redis."""

    def _get_job(self, result_id: str) -> Job | None:
        try:
            job = Job.fetch(result_id, connection=django_rq.get_connection(QUEUE), serializer=JSONSerializer)
            return cast(Job, job)
        except NoSuchJobError:
            return None


class Worker(SimpleWorker):
    """Uses a new database connection if the last one was lost while the worker waited."""

    def perform_job(self, *arguments: Any, **options: Any) -> bool:
        close_old_connections()
        try:
            return bool(super().perform_job(*arguments, **options))
        finally:
            close_old_connections()


def work() -> None:
    """Executes tasks until SIGTERM or Ctrl-C. Raises RedisError if Redis is unavailable at the start."""
    worker = get_worker(QUEUE, worker_class="core.redis_queue.Worker", job_class=Job, serializer=JSONSerializer)
    worker.work(logging_level="WARNING")
