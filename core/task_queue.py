"""The queue of background tasks, independent of the engine that TASKS_BACKEND selects."""

import logging
from typing import Any

from django.conf import settings
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.base import Task
from django_tasks.exceptions import TaskResultDoesNotExist
from redis.exceptions import RedisError

from core import redis_queue

logger = logging.getLogger(__name__)


def enqueue(task: Task[..., Any], *arguments: Any) -> str:
    """Enqueues a task and returns its id.

    Returns an empty text if Redis is unavailable. What the task is for must be stored in the database, so that a
    periodic job can enqueue it later.
    """
    try:
        return task.enqueue(*arguments).id
    except RedisError as error:
        logger.warning("The task %s could not be enqueued: %s", task.name, error)
        return ""


def is_waiting(task_id: str) -> bool:
    """Whether the task is in the queue and no worker has taken it. Raises RedisError if Redis is unavailable."""
    if not task_id:
        return False
    if settings.TASKS_BACKEND == "rq":
        return redis_queue.is_waiting(task_id)
    try:
        return bool(default_task_backend.get_result(task_id).status == TaskResultStatus.READY)
    except TaskResultDoesNotExist:
        return False
