"""The background task that crawls a shop."""

import logging

from django_tasks import task
from django_tasks.base import TASK_MAX_PRIORITY

from core import task_queue
from scraping.crawling.options import default_options
from scraping.crawling.scrape import execute_run
from scraping.models import ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.runs.shutdown import stop_on_signal
from scraping.sites.registry import check_site, load_site

logger = logging.getLogger(__name__)


def start_in_background(*, site: str, trigger: str, is_full: bool = False) -> ScrapeRun:
    """Queues a run for a worker. Raises UnknownSite or RunInProgress."""
    check_site(site)
    run = runs.queue(site=site, trigger=trigger, is_full=is_full)
    enqueue(run)
    return run


def enqueue(run: ScrapeRun) -> None:
    """Hands a queued run to the workers."""
    task_id = task_queue.enqueue(crawl, run.pk)
    ScrapeRun.objects.filter(pk=run.pk).update(task_id=task_id)


@task(priority=TASK_MAX_PRIORITY)  # staff wait for it, and covers can fill the queue
def crawl(pk: int) -> str:
    """Executes a queued run. Returns its state. If the worker is stopped, the run returns to the queue."""
    run = runs.claim(pk)
    if run is None:
        return "no longer queued"
    with stop_on_signal(forward=True) as stop:
        report = execute_run(default_options(load_site(run.site), is_full=run.is_full), run, stop=stop)
    run.state = report.state
    if run.state == ScrapeRun.State.INTERRUPTED and stop.is_set() and runs.queue_again(run):
        enqueue(run)
        return "continued by the next worker"
    logger.info("Run %d of %s %s%s", pk, run.site, report.state, f": {report.reason}" if report.reason else "")
    return report.state
