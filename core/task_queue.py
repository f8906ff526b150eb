"""The queue of background tasks, independent of the engine that TASKS_BACKEND selects."""

import logging
from typing import Any

from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.base import Task
from django_tasks.exceptions import TaskResultDoesNotExist

logger = logging.getLogger(__name__)


class QueueUnavailable(Exception):
    """The server of the queue does not respond. The message is one line for operators."""


def enqueue(task: Task[..., Any], *arguments: Any) -> str:
    """Enqueues a task and returns its id.

    Returns an empty text if the queue is unavailable. The data of the task must be stored in the database, so that a
    periodic job can enqueue it later.
    """
    try:
        return task.enqueue(*arguments).id
    except QueueUnavailable as error:
        logger.warning("The task %s could not be enqueued: %s", task.name, error)
        return ""


def is_waiting(task_id: str) -> bool:
    """Whether the task is in the queue and no worker has taken it. Raises QueueUnavailable."""
    if not task_id:
        return False
    if has_position := getattr(default_task_backend, "has_position", None):  # of the queue in Redis
        return bool(has_position(task_id))
    try:
        return bool(default_task_backend.get_result(task_id).status == TaskResultStatus.READY)
    except TaskResultDoesNotExist:
        return False
