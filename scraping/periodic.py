"""Periodic jobs of crawls and shops: recovery, nightly slices, and the removal of old task results."""

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command

from core.periodic_jobs import ALWAYS, periodic
from scraping import recovery
from scraping.shops import tasks


@periodic(every=ALWAYS)
def recover_runs() -> None:
    recovery.recover_runs()


@periodic(every=ALWAYS)
def read_shops() -> None:
    tasks.read_shops()


@periodic(every=timedelta(days=1))
def delete_old_task_results() -> None:
    """Deletes results of the database's queue that are older than 14 days. Redis deletes those of its queue."""
    if settings.TASKS_BACKEND == "database":
        call_command("prune_db_task_results", verbosity=0)
