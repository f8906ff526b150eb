"""Staff who watch crawls, and crawls that end."""

from scraping.models import ScrapeRun
from scraping.report import ScrapeReport
from scraping.runs import lifecycle
from tests.support.factories import make_staff
from users.models import NotificationPreferences, User


def make_watcher(*permissions: str) -> User:
    user = make_staff(*permissions)
    NotificationPreferences.objects.create(user=user, staff_runs=True, staff_reviews=True)
    return user


def end_run(state: str, reason: str | None = None, *, created: int = 0) -> ScrapeRun:
    run = lifecycle.start(site="books_to_scrape", trigger="command")
    report = ScrapeReport(site=run.site, url="https://shop.example/", dry_run=False, state=state, reason=reason)
    report.counts.created = created
    lifecycle.finish(run, report)
    return run
