"""Events for staff: who is notified, and about which crawls and prices."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from books.ingest import ingest
from books.models import Book, HeldPrice
from books.prices.review import report_price
from books.staff_events import AFTER_FAILURE, AFTER_REJECTION, UNCHANGED, StaffEvent, report
from tests.support.factories import make_record, make_staff, make_user
from tests.users.notifications.staff import end_run, make_watcher
from users.models import Notification, NotificationPreferences
from users.notifications.content import describe

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "kind"), [("failed", "staff_run_failed"), ("rejected", "staff_run_rejected")])
def test_staff_are_notified_about_crawls_that_did_not_succeed(state: str, kind: str) -> None:
    watcher = make_watcher("scraping.view_scraperun")
    make_staff("scraping.view_scraperun")  # did not choose it

    run = end_run(state, "3 of 9 books could not be read.")

    stored = Notification.objects.get()
    assert (stored.recipient, stored.kind) == (watcher, kind)
    reason = "3 of 9 books could not be read."
    assert stored.payload == {"run": run.pk, "site": run.site, "reason": reason, "changed": 0}


@pytest.mark.parametrize(
    ("state", "changed", "lines"),
    [
        ("rejected", 0, ["2 pages.", UNCHANGED, AFTER_REJECTION]),
        ("rejected", 4, ["2 pages.", AFTER_REJECTION]),  # the first crawl of a shop
        ("failed", 0, ["2 pages.", UNCHANGED, AFTER_FAILURE]),
        ("failed", None, ["2 pages.", AFTER_FAILURE]),  # stored by an earlier version, or its process died
    ],
)
def test_messages_about_crawls_state_what_to_do(state: str, changed: int | None, lines: list[str]) -> None:
    make_watcher("scraping.view_scraperun")
    end_run(state, "2 pages.", created=changed or 0)
    if changed is None:
        Notification.objects.update(payload={"run": 1, "site": "books_to_scrape", "reason": "2 pages."})

    [item] = describe(list(Notification.objects.all()), ZoneInfo("UTC"))

    assert item.lines == lines


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


def test_a_price_that_a_reader_reports_waits_for_review_too() -> None:
    watcher = make_watcher("books.view_heldprice")
    ingest([make_record(source_key="a", price=Decimal(10))])
    assert report_price(Book.objects.get(), reason="A reader reports that this price is wrong.")

    stored = Notification.objects.get()
    assert (stored.recipient, stored.kind) == (watcher, "staff_review_waiting")


def test_paused_shops_are_reported() -> None:
    make_watcher("scraping.view_scraperun")
    facts = {"site": "corner", "reason": "It refused 20 requests."}
    report(StaffEvent(kind=StaffEvent.Kind.SHOP_PAUSED, key="corner paused", facts=facts))

    assert Notification.objects.get().kind == "staff_shop_paused"
