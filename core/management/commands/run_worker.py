"""`manage.py run_worker`: executes background tasks, and every minute the periodic jobs that are due."""

import argparse
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections
from django.utils.module_loading import import_string

from core.periodic_jobs import run_due_and_close
from core.secret_key import DIFFERENT_KEY, is_common_secret_key
from core.task_queue import QueueUnavailable

logger = logging.getLogger(__name__)

MINUTE = 60.0  # seconds
RETRY_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Executes the background tasks of TASKS_BACKEND, and every minute the periodic jobs that are due. Several "
        "workers can run on one or more hosts. Ctrl-C or SIGTERM ends the worker; a crawl that it executes returns to "
        "the queue."
    )

    # `migrate` and `make check` run Django's checks.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=parse_interval, default=1.0, metavar="SECONDS",
            help="how often to look for tasks in the database (default: %(default)s)")  # fmt: skip

    def handle(self, *args: Any, interval: float, **options: Any) -> None:
        if settings.TASKS_BACKEND == "immediate":
            raise CommandError("TASKS_BACKEND=immediate executes tasks in the web server: no worker is needed.")
        if not is_common_secret_key():
            raise CommandError(DIFFERENT_KEY)
        with run_periodic_jobs(MINUTE):
            if settings.TASKS_BACKEND == "rq":
                work_on_redis_queue()
            else:
                work_on_database_queue(interval)


def work_on_database_queue(interval: float) -> None:
    """Continues after an outage of the database, which ends Django's worker."""
    while True:
        try:
            call_command("db_worker", interval=interval, verbosity=0, reload=False)
        except OperationalError as error:
            logger.warning("The database is unavailable, and the worker tries again: %s", error)
            connections.close_all()
            time.sleep(RETRY_SECONDS)
        else:
            return


def work_on_redis_queue() -> None:
    try:
        import_string("core.redis_queue.work")()
    except QueueUnavailable as error:
        raise CommandError(str(error)) from error


@contextmanager
def run_periodic_jobs(seconds: float) -> Iterator[None]:
    """Runs the due jobs in a thread, at once and then at this interval."""
    stop = threading.Event()

    def repeat() -> None:
        run_due_and_close()
        while not stop.wait(seconds):
            run_due_and_close()

    threading.Thread(target=repeat, name="periodic-jobs", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def parse_interval(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0.01 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds from 0.01 to 3600")
    return seconds
