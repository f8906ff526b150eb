"""Data of earlier runs that a crawl uses: the figures of a good run, and pages of unfinished runs."""

from datetime import datetime, timedelta

from django.db.models.functions import Now

from scraping.models import ScrapeRun
from scraping.quality_gates import GoodRun

State = ScrapeRun.State
# Pages of a run that ended longer ago say too little about the present state of the shop.
MAX_INTERRUPTION = timedelta(days=7)


def find_last_good_run(site: str) -> GoodRun | None:
    """The figures of the last successful run without a limit, or of the last successful run if all had one."""
    succeeded = ScrapeRun.objects.filter(site=site, state=State.SUCCEEDED).order_by("-pk")
    run = succeeded.filter(book_limit=None).first() or succeeded.first()
    if run is None:
        return None
    return GoodRun(listed=run.listed or 0, fill=run.fill, is_unlimited=run.book_limit is None)


def find_continued_start(site: str, *, is_full: bool) -> datetime | None:
    """The start of the first of the unfinished runs that a new run continues; None if it continues none.

    A run continues the last one of its site unless that was accepted or rejected. A run that fetches every page
    continues only runs that did so.
    """
    ended = ScrapeRun.objects.filter(site=site, heartbeat_at__gt=Now() - MAX_INTERRUPTION)
    # A run that was rejected without a listing has decided nothing about the pages read before.
    last = ended.exclude(state=State.REJECTED, listed=None).order_by("-pk").first()
    if last is None or last.state in {State.SUCCEEDED, State.REJECTED} or (is_full and not last.is_full):
        return None
    return last.continues_since or last.started_at
