"""Requests of mails for forgotten passwords, and the worker that sends them."""

from typing import Any

from django.test import Client
from django_tasks_db.models import DBTaskResult

PAGE = "http://testserver/new-password"


def ask(email: str = "ann@example.org", client: Client | None = None) -> Any:
    return (client or Client()).post("/forgotten-password", {"email": email})


def run_tasks() -> list[Any]:
    """Runs the queued tasks, as a worker does. Returns their outcomes."""
    queued = list(DBTaskResult.objects.order_by("enqueued_at"))
    DBTaskResult.objects.all().delete()
    return [row.task.func(*row.args_kwargs["args"]) for row in queued]
