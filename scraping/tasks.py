"""What a worker does in the background."""

import logging

from django_tasks import task

from scraping.crawling.options import usual_order
from scraping.crawling.scrape import execute
from scraping.models import ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.runs.shutdown import stop_on_signal
from scraping.sites.registry import site_of

logger = logging.getLogger(__name__)


def start_in_background(*, site: str, trigger: str, is_full: bool = False) -> ScrapeRun:
    """Queues a crawl for a worker; the run says how it goes. Raises RunInProgress."""
    run = runs.queue(site=site, trigger=trigger, is_full=is_full)
    crawl.enqueue(run.pk)
    return run


@task()
def crawl(pk: int) -> str:
    """Executes the queued run. The state in which it ends is on the run, with the reason."""
    run = runs.take_up(pk)
    if run is None:
        return "not queued any more"
    with stop_on_signal(and_tell=True) as stop:
        report = execute(usual_order(site_of(run.site), is_full=run.is_full), run, stop=stop)
    logger.info("Run %d of %s %s%s", pk, run.site, report.state, f": {report.reason}" if report.reason else "")
    return report.state
