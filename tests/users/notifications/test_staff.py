"""Events for staff: who is notified, and about which crawls and prices."""

from decimal import Decimal
from importlib.util import find_spec

import pytest
from django.core import checks
from pytest_django.fixtures import Settings

from books.ingest import ingest
from books.models import HeldPrice
from books.staff_events import StaffEvent, report
from scraping.models import ScrapeRun
from scraping.report import ScrapeReport
from scraping.runs import lifecycle
from tests.support.factories import make_record, make_staff, make_user
from tests.users.notifications.events import run_worker
from users.models import Channel, Delivery, Notification, NotificationPreferences, User

pytestmark = pytest.mark.django_db


def make_watcher(*permissions: str) -> User:
    user = make_staff(*permissions)
    NotificationPreferences.objects.create(user=user, staff_runs=True, staff_reviews=True)
    return user


def end_run(state: str, reason: str | None = None) -> ScrapeRun:
    run = lifecycle.start(site="books_to_scrape", trigger="command")
    report = ScrapeReport(site=run.site, url="https://shop.example/", dry_run=False, state=state, reason=reason)
    lifecycle.finish(run, report)
    return run


@pytest.mark.parametrize(("state", "kind"), [("failed", "staff_run_failed"), ("rejected", "staff_run_rejected")])
def test_staff_are_notified_about_crawls_that_did_not_succeed(state: str, kind: str) -> None:
    watcher = make_watcher("scraping.view_scraperun")
    make_staff("scraping.view_scraperun")  # did not choose it

    run = end_run(state, "3 of 9 books could not be read.")

    stored = Notification.objects.get()
    assert (stored.recipient, stored.kind) == (watcher, kind)
    assert stored.payload == {"run": run.pk, "site": run.site, "reason": "3 of 9 books could not be read."}


@pytest.mark.parametrize("state", ["succeeded", "cancelled", "interrupted"])
def test_other_crawls_are_not_reported(state: str) -> None:
    make_watcher("scraping.view_scraperun")
    end_run(state)

    assert not Notification.objects.exists()


def test_the_permission_is_needed() -> None:
    make_watcher()
    NotificationPreferences.objects.create(user=make_user(), staff_runs=True)
    end_run("failed")

    assert not Notification.objects.exists()


def test_prices_that_wait_for_review_are_reported_once_a_day() -> None:
    watcher = make_watcher("books.view_heldprice")
    ingest([make_record(source_key="a", price=Decimal(10)), make_record(source_key="b", price=Decimal(10))])
    for key in ("a", "b"):
        ingest([make_record(source_key=key, price=Decimal(1000))])

    assert HeldPrice.objects.count() == 2
    stored = Notification.objects.get()
    assert (stored.recipient, stored.kind) == (watcher, "staff_review_waiting")


def test_paused_shops_are_reported() -> None:
    make_watcher("scraping.view_scraperun")
    facts = {"site": "corner", "reason": "It refused 20 requests."}
    report(StaffEvent(kind=StaffEvent.Kind.SHOP_PAUSED, key="corner paused", facts=facts))

    assert Notification.objects.get().kind == "staff_shop_paused"


@pytest.mark.skipif(find_spec("apprise") is not None, reason="the package is installed")
def test_the_check_reports_that_apprise_is_missing(settings: Settings) -> None:
    settings.APPRISE_URLS = ["json://localhost"]

    assert "users.E002" in {message.id for message in checks.run_checks()}


def test_the_operator_gets_events_if_apprise_is_set(settings: Settings) -> None:
    end_run("failed")
    assert not Notification.objects.exists()
    settings.APPRISE_URLS = ["json://localhost"]

    run = end_run("failed")

    stored = Notification.objects.get()
    assert (stored.recipient, stored.payload["run"]) == (None, run.pk)
    channel = Channel.objects.get()
    assert (channel.owner, channel.kind) == (None, "apprise")


def test_operator_events_go_to_the_operator_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    subjects: list[str] = []
    settings.APPRISE_URLS = ["json://localhost"]
    monkeypatch.setattr(
        "users.notifications.sending.find_transport",
        lambda kind: lambda message, content: subjects.append(content.subject),
    )
    make_watcher("scraping.view_scraperun")
    end_run("failed")

    assert run_worker() == ["sent"]

    assert subjects == ["The crawl of books_to_scrape failed"]
    assert Delivery.objects.get().notification.recipient is None
