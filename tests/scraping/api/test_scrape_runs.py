"""Crawls in the API and the admin: staff start, see and cancel them. The tasks run at once here."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Book
from scraping import tasks
from scraping.models import PageState, ScrapeRun
from scraping.report import Counts
from scraping.runs import lifecycle as runs
from tests.conftest import Crawl
from tests.fakes.shop.app import Shop
from tests.support.factories import make_user

pytestmark = pytest.mark.django_db
RUNS = "/api/scrape-runs"
SITE = {"site": "books_to_scrape"}


@pytest.fixture(autouse=True)
def at_once(settings: Settings, shop_url: str) -> None:
    settings.TASKS = {"default": {"BACKEND": settings.TASK_ENGINES["immediate"]}}
    settings.SHOP_URL, settings.SHOP_DELAY = shop_url, 0


def elsewhere(**fields: Any) -> ScrapeRun:
    """A run of another machine, which lives."""
    return ScrapeRun.objects.create(**{"site": "books_to_scrape", "trigger": "command", "host": "elsewhere", **fields})


def test_staff_start_a_crawl_and_see_what_came_of_it(staff_client: APIClient, shop: Shop) -> None:
    shop.faults.statuses[shop.stock[3].path] = 404

    started = staff_client.post(RUNS, SITE)

    assert started.status_code == 202
    assert started["Location"] == f"http://testserver{RUNS}/{started.json()['id']}"
    seen = staff_client.get(started["Location"]).json()
    assert (seen["site"], seen["trigger"], seen["state"]) == ("books_to_scrape", "api", "rejected")
    assert seen["counts"] == {
        "requests": 49, "seen": 45, "created": 44, "updated": 0, "unchanged": 0, "held": 0, "failed": 1, "missing": 0,
    }  # fmt: skip
    assert seen["started_at"] < seen["finished_at"]
    assert seen["reason"].startswith("1 of 45 books could not be read")
    (problem,) = seen["problems"]
    assert problem["url"].endswith(shop.stock[3].path)
    assert (problem["field"], problem["message"]) == (None, "answered 404")


def test_a_full_crawl_can_be_asked_for(staff_client: APIClient) -> None:
    staff_client.post(RUNS, SITE)
    assert staff_client.post(RUNS, SITE).json()["counts"]["requests"] == 4

    assert staff_client.post(RUNS, {**SITE, "full": True}).json()["counts"]["requests"] == 49


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/site"),
        ({"site": "http://169.254.169.254/"}, "/site"),
        ({**SITE, "url": "http://169.254.169.254/"}, "/url"),
        ({**SITE, "full": "yes"}, "/full"),
        ({"site": ["books_to_scrape"]}, "/site"),
    ],
)
def test_a_shop_is_named_never_addressed(staff_client: APIClient, shop: Shop, body: Any, pointer: str) -> None:
    answer = staff_client.post(RUNS, body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not ScrapeRun.objects.exists()
    assert not shop.requests


def test_of_two_crawls_the_second_is_refused(staff_client: APIClient) -> None:
    run = elsewhere(state="queued")

    answer = staff_client.post(RUNS, SITE)

    assert answer.status_code == 409
    assert answer.json()["detail"] == f"A crawl of books_to_scrape is queued already: run {run.pk}."


def test_the_list_is_in_pages_and_filtered(staff_client: APIClient, crawl: Crawl) -> None:
    crawl()
    elsewhere(state="failed")
    elsewhere()

    newest = staff_client.get(RUNS).json()
    assert (newest["count"], [each["state"] for each in newest["results"]]) == (3, ["running", "failed", "succeeded"])
    assert "problems" not in newest["results"][0]
    assert staff_client.get(RUNS, {"state": "failed"}).json()["count"] == 1
    assert staff_client.get(RUNS, {"trigger": "api"}).json()["count"] == 0
    assert staff_client.get(RUNS, {"limit": 1}).json()["next"]
    assert staff_client.get(RUNS, {"state": "gone"}).status_code == 422
    assert "Did you mean 'state'?" in staff_client.get(RUNS, {"stat": "failed"}).json()["detail"]


ROUTES: list[tuple[str, str]] = [("get", RUNS), ("post", RUNS), ("get", f"{RUNS}/1"), ("post", f"{RUNS}/1/cancel")]


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_only_staff_have_to_do_with_crawls(
    client: APIClient, member_client: APIClient, method: str, route: str
) -> None:
    assert getattr(client, method)(route, SITE).status_code == 401
    assert getattr(member_client, method)(route, SITE).status_code == 403
    assert not ScrapeRun.objects.exists()


def test_a_queued_crawl_is_cancelled_at_once(staff_client: APIClient) -> None:
    run = elsewhere(state="queued")

    answer = staff_client.post(f"{RUNS}/{run.pk}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    assert answer.json()["finished_at"]
    assert answer.json()["reason"] == "It was cancelled before it began."
    assert tasks.crawl.enqueue(run.pk).return_value == "not queued any more"
    assert staff_client.post(RUNS, SITE).json()["state"] == "succeeded"


def test_a_crawl_whose_process_is_gone_is_cancelled_at_once(staff_client: APIClient) -> None:
    run = elsewhere(heartbeat_at=timezone.now() - timedelta(seconds=31))

    assert staff_client.post(f"{RUNS}/{run.pk}/cancel").json()["state"] == "cancelled"


def test_a_living_crawl_is_asked_to_end(staff_client: APIClient) -> None:
    run = elsewhere()

    answer = staff_client.post(f"{RUNS}/{run.pk}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (202, "running")
    assert runs.beat(run, Counts()) is True


def test_a_crawl_that_has_ended_cannot_be_cancelled(staff_client: APIClient) -> None:
    run = elsewhere(state="failed")

    answer = staff_client.post(f"{RUNS}/{run.pk}/cancel")

    assert (answer.status_code, answer.json()["detail"]) == (409, f"Run {run.pk} has ended already: failed.")
    assert staff_client.post(f"{RUNS}/{run.pk + 1}/cancel").status_code == 404


def test_a_cancelled_crawl_ends_between_two_pages_and_is_gone_on_from(
    staff_client: APIClient, crawl: Crawl, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "HEARTBEAT", timedelta(0))
    crawl()
    before = list(Book.objects.order_by("pk").values())
    for book in shop.stock:
        shop.faults.prices[book.upc] = "31.41"

    def cancel(done: int, total: int) -> None:
        if done == 10:
            staff_client.post(f"{RUNS}/{ScrapeRun.objects.latest('pk').pk}/cancel")

    report = crawl(progress=cancel)

    assert (report.state, report.reason) == ("cancelled", "It was cancelled; what it had read is kept.")
    assert ScrapeRun.objects.latest("pk").state == "cancelled"
    assert list(Book.objects.order_by("pk").values()) == before
    kept = PageState.objects.filter(run__isnull=False).count()
    assert 10 <= kept == report.counts.seen < 45
    shop.requests.clear()
    assert crawl().state == "succeeded"
    assert sum(shop.requests[book.path] for book in shop.stock) == 45 - kept


def test_a_run_that_no_worker_takes_up_makes_room(staff_client: APIClient) -> None:
    forgotten = elsewhere(state="queued", heartbeat_at=timezone.now() - timedelta(seconds=31))

    assert staff_client.post(RUNS, SITE).status_code == 202

    forgotten.refresh_from_db()
    assert forgotten.state == "interrupted"
    assert "No worker took it up within 30 s" in (forgotten.reason or "")


def button(client: APIClient, path: str, **fields: str) -> str:
    answer = client.post(f"/admin/scraping/scraperun/{path}", fields, format="multipart", follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_admin_s_button_starts_a_crawl(staff_client: APIClient) -> None:
    assert 'value="Start a crawl"' in staff_client.get("/admin/scraping/scraperun/").content.decode()

    page = button(staff_client, "start/", site="books_to_scrape")

    assert "The crawl is queued" in page
    assert '<progress value="45" max="45">' in page
    assert ScrapeRun.objects.get().trigger == "admin"


def test_the_admin_cancels_a_crawl_and_says_why_it_cannot(staff_client: APIClient) -> None:
    run = elsewhere(state="queued")
    assert 'http-equiv="refresh"' in staff_client.get(f"/admin/scraping/scraperun/{run.pk}/change/").content.decode()

    assert "A crawl of books_to_scrape is queued already" in button(staff_client, "start/", site="books_to_scrape")
    assert "There is no shop" in button(staff_client, "start/", site="elsewhere")
    assert "It was cancelled." in button(staff_client, f"{run.pk}/cancel/")
    assert "has ended already: cancelled" in button(staff_client, f"{run.pk}/cancel/")
    assert staff_client.get("/admin/scraping/scraperun/start/").status_code == 405


@pytest.mark.parametrize("path", ["start/", "1/cancel/"])
def test_who_may_only_look_has_no_button(db: None, path: str) -> None:
    onlooker = APIClient()
    onlooker.force_login(make_user(is_staff=True))

    assert onlooker.post(f"/admin/scraping/scraperun/{path}", SITE).status_code == 403
    assert not ScrapeRun.objects.exists()


def test_the_buttons_need_the_page_s_own_token(db: None) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(make_user(is_staff=True, is_superuser=True))

    assert careful.post("/admin/scraping/scraperun/start/", SITE).status_code == 403
