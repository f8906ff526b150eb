"""Periodic jobs: apps register them in their module `periodic`, and `manage.py run_due` runs those that are due.

Web servers do not import these modules, which load the crawler.

A job must be idempotent: it is repeated if it fails, or if its process dies.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connections
from django.db.models.functions import Now
from django.utils.module_loading import autodiscover_modules

from core.db.advisory_lock import try_lock
from core.models import PeriodicJobState

logger = logging.getLogger(__name__)

ALWAYS = timedelta(0)  # at each call of run_due, so every minute
Function = Callable[[], None]


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """`every` is the shortest time between the starts of two successful executions."""

    name: str
    every: timedelta
    function: Function

    def is_due(self) -> bool:
        recent = PeriodicJobState.objects.filter(name=self.name, succeeded_at__gt=Now() - self.every)
        return not recent.exists()

    def execute(self) -> None:
        self.function()
        PeriodicJobState.objects.update_or_create(name=self.name, defaults={"succeeded_at": Now()})


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """`error` is one line; None if the job succeeded."""

    name: str
    error: str | None


jobs: dict[str, PeriodicJob] = {}


def periodic(*, every: timedelta) -> Callable[[Function], Function]:
    """Registers a function without arguments under its name."""

    def register(function: Function) -> Function:
        jobs[function.__name__] = PeriodicJob(function.__name__, every, function)
        return function

    return register


def run_due() -> list[JobOutcome] | None:
    """Runs the jobs that are due, one after another. Returns None if another process is doing so."""
    autodiscover_modules("periodic")
    with try_lock("run_due") as is_held:
        if not is_held:
            return None
        return [_run(job) for job in jobs.values() if job.is_due()]


def _run(job: PeriodicJob) -> JobOutcome:
    try:
        job.execute()
    except Exception as error:  # a job can raise anything, and must not stop the others; `run_due` exits with 1
        logger.exception("The periodic job %s failed.", job.name)
        return JobOutcome(job.name, f"{type(error).__name__}: {' '.join(str(error).split())}")
    return JobOutcome(job.name, None)


def run_due_and_close() -> None:
    """Runs the due jobs in a thread of a long-lived process: logs every error, and keeps no connection open."""
    try:
        run_due()
    except Exception:  # any error would end the thread, and with it all later jobs; the next call is a minute later
        logger.exception("The periodic jobs could not be started.")
    finally:
        connections.close_all()
