"""Recovers runs whose worker died or whose task was lost. The run's row is the truth, with every queue engine."""

from core.task_queue import is_waiting
from scraping.models import ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.runs.liveness import is_dead
from scraping.tasks import enqueue

State = ScrapeRun.State
MAX_CRASHES = 3
TOO_MANY_CRASHES = f"{MAX_CRASHES} workers died while they executed the crawl."


def recover_runs() -> None:
    """Returns runs of dead workers to the queue, and enqueues queued runs that no task would start.

    A run of the command `scrape_books` has no worker that could continue it: it ends as interrupted.
    """
    for run in ScrapeRun.objects.filter(state=State.RUNNING):
        if is_dead(run):
            _recover(run)
    for run in ScrapeRun.objects.filter(state=State.QUEUED):
        # A worker may have taken the task a moment ago. A second task is harmless: only one of them can claim the run.
        if not is_waiting(run.task_id):
            enqueue(run)


def _recover(run: ScrapeRun) -> None:
    if run.cancel_requested_at:
        runs.end(run, State.CANCELLED, runs.CANCELLED)
    elif run.trigger == ScrapeRun.Trigger.COMMAND:
        runs.end(run, State.INTERRUPTED, runs.ABANDONED)
    elif run.crashes + 1 >= MAX_CRASHES:
        runs.end(run, State.INTERRUPTED, TOO_MANY_CRASHES)
    else:
        runs.queue_again(run, crashes=1)
