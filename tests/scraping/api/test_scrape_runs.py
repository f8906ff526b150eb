"""Starting, viewing and cancelling crawls in the API and in the admin, with tasks that run at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from scraping import tasks
from scraping.crawling import page_reader
from scraping.models import PageState, ScrapeRun
from scraping.report import Counts
from scraping.runs import lifecycle as runs
from tests.fakes.shop.app import Shop
from tests.support.crawls import Crawl, load_catalogue
from tests.support.factories import make_staff, make_user
from tests.support.worker_pool import SharedPool

pytestmark = pytest.mark.django_db
RUNS = "/api/scrape-runs"
SITE = {"site": "books_to_scrape"}


@pytest.fixture(autouse=True)
def immediate_tasks(settings: Settings, shop_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_reader, "start_worker_pool", SharedPool)
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.SHOP_URLS, settings.SHOP_DELAYS = {"books_to_scrape": shop_url}, {"books_to_scrape": 0}


def make_remote_run(**fields: Any) -> ScrapeRun:
    """A run of another host with a current heartbeat."""
    return ScrapeRun.objects.create(**{"site": "books_to_scrape", "trigger": "command", "host": "elsewhere", **fields})


def test_staff_start_a_crawl_and_read_its_result(staff_client: APIClient, shop: Shop) -> None:
    shop.faults.statuses[shop.stock[44].path] = shop.faults.statuses[shop.stock[43].path] = 404

    response = staff_client.post(RUNS, SITE)

    assert response.status_code == 202
    assert response["Location"] == f"http://testserver{RUNS}/{response.json()['id']}"
    run = staff_client.get(response["Location"]).json()
    assert (run["site"], run["trigger"], run["state"]) == ("books_to_scrape", "api", "rejected")
    assert run["counts"]["failed"] == 2
    assert run["counts"]["seen"] == run["counts"]["created"] + 2
    assert run["started_at"] < run["finished_at"]
    assert run["reason"].startswith("2 of 45 books could not be read")
    problem = run["problems"][0]
    assert problem["url"].endswith((shop.stock[43].path, shop.stock[44].path))
    assert (problem["field"], problem["message"]) == (None, "returned status 404")


def test_full_crawl_fetches_every_page(staff_client: APIClient) -> None:
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
def test_shop_is_chosen_by_name_only(staff_client: APIClient, shop: Shop, body: Any, pointer: str) -> None:
    response = staff_client.post(RUNS, body)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not ScrapeRun.objects.exists()
    assert not shop.requests


def test_second_crawl_is_refused(staff_client: APIClient) -> None:
    run = make_remote_run(state="queued")

    response = staff_client.post(RUNS, SITE)

    assert response.status_code == 409
    assert response.json()["detail"] == (
        f"A crawl of books_to_scrape is already queued: run {run.pk}. A worker (manage.py run_worker) executes it; to "
        "start another one, cancel it first."
    )


def test_list_is_paginated_and_filtered(staff_client: APIClient, crawl: Crawl) -> None:
    crawl()
    make_remote_run(state="failed")
    make_remote_run()

    page = staff_client.get(RUNS).json()
    assert (page["count"], [run["state"] for run in page["results"]]) == (3, ["running", "failed", "succeeded"])
    assert "problems" not in page["results"][0]
    failed = staff_client.get(RUNS, {"state": "failed"}).json()
    assert [run["state"] for run in failed["results"]] == ["failed"]
    assert staff_client.get(RUNS, {"trigger": "api"}).json()["count"] == 0
    assert staff_client.get(RUNS, {"limit": 1}).json()["next"]
    assert staff_client.get(RUNS, {"state": "gone"}).status_code == 422
    assert "Did you mean 'state'?" in staff_client.get(RUNS, {"stat": "failed"}).json()["detail"]


PERMISSIONS = {
    ("get", RUNS): "scraping.view_scraperun",
    ("post", RUNS): "scraping.add_scraperun",
    ("get", f"{RUNS}/1"): "scraping.view_scraperun",
    ("post", f"{RUNS}/1/cancel"): "scraping.change_scraperun",
}
ROUTES = list(PERMISSIONS)


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_only_staff_have_access(client: APIClient, member_client: APIClient, method: str, route: str) -> None:
    assert getattr(client, method)(route, SITE).status_code == 401
    response = getattr(member_client, method)(route, SITE)
    assert (response.status_code, response.json()["detail"]) == (403, "Only staff can start, view and cancel crawls.")
    assert not ScrapeRun.objects.exists()


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_staff_need_the_permission_of_the_route(db: None, method: str, route: str) -> None:
    run = make_remote_run(state="queued")
    route, needed = route.replace("/1", f"/{run.pk}"), PERMISSIONS[method, route]
    client, everything_else = APIClient(), [name for name in PERMISSIONS.values() if name != needed]
    for permissions, is_allowed in ((everything_else, False), ([needed], True)):
        client.force_login(make_staff(*permissions))
        assert (getattr(client, method)(route, SITE).status_code != 403) is is_allowed
        assert is_allowed or ScrapeRun.objects.get().state == "queued"


def test_queued_crawl_is_cancelled_at_once(staff_client: APIClient) -> None:
    run = make_remote_run(state="queued")

    response = staff_client.post(f"{RUNS}/{run.pk}/cancel")

    assert (response.status_code, response.json()["state"]) == (202, "cancelled")
    assert response.json()["finished_at"]
    assert response.json()["reason"] == "The crawl was cancelled before it started."
    assert tasks.crawl.enqueue(run.pk).return_value == "no longer queued"
    assert staff_client.post(RUNS, SITE).json()["state"] == "succeeded"


def test_dead_crawl_is_cancelled_at_once(staff_client: APIClient) -> None:
    run = make_remote_run(heartbeat_at=timezone.now() - timedelta(seconds=31))

    assert staff_client.post(f"{RUNS}/{run.pk}/cancel").json()["state"] == "cancelled"


def test_live_crawl_is_requested_to_stop(staff_client: APIClient) -> None:
    run = make_remote_run()

    response = staff_client.post(f"{RUNS}/{run.pk}/cancel")

    assert (response.status_code, response.json()["state"]) == (202, "running")
    assert runs.heartbeat(run, Counts()) is True


def test_ended_crawl_cannot_be_cancelled(staff_client: APIClient) -> None:
    run = make_remote_run(state="failed")

    response = staff_client.post(f"{RUNS}/{run.pk}/cancel")

    assert (response.status_code, response.json()["detail"]) == (409, f"Run {run.pk} has already ended: failed.")
    assert staff_client.post(f"{RUNS}/{run.pk + 1}/cancel").status_code == 404


def test_cancelled_crawl_stops_and_is_resumed(staff_client: APIClient, crawl: Crawl, shop: Shop) -> None:
    crawl()
    before = load_catalogue()
    for book in shop.stock:
        shop.faults.prices[book.upc] = "31.41"

    def cancel(done: int, total: int) -> None:
        if done == 10:
            staff_client.post(f"{RUNS}/{ScrapeRun.objects.latest('pk').pk}/cancel")

    report = crawl(progress=cancel, heartbeat_interval=timedelta(0))

    assert (report.state, report.reason) == ("cancelled", "The crawl was cancelled. The pages already read are stored.")
    assert ScrapeRun.objects.latest("pk").state == "cancelled"
    assert load_catalogue() == before
    staged = PageState.objects.filter(run__isnull=False).count()
    assert 10 <= staged == report.counts.seen < 45
    shop.requests.clear()
    assert crawl().state == "succeeded"
    assert sum(shop.requests[book.path] for book in shop.stock) == 45 - staged


def press_button(client: APIClient, path: str, **fields: str) -> str:
    """Posts the form of a button and returns the page that follows."""
    response = client.post(f"/admin/scraping/scraperun/{path}", fields, format="multipart", follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_admin_button_starts_a_crawl(staff_client: APIClient) -> None:
    assert 'value="Start a crawl"' in staff_client.get("/admin/scraping/scraperun/").content.decode()

    page = press_button(staff_client, "start/", site="books_to_scrape")

    assert "The crawl is queued" in page
    assert '<progress value="45" max="45">' in page
    assert ScrapeRun.objects.get().trigger == "admin"


def test_admin_buttons_cancel_a_crawl_and_report_errors(staff_client: APIClient) -> None:
    run = make_remote_run(state="queued")
    change_page = staff_client.get(f"/admin/scraping/scraperun/{run.pk}/change/").content.decode()
    assert 'http-equiv="refresh"' in change_page

    already_queued = "A crawl of books_to_scrape is already queued"
    assert already_queued in press_button(staff_client, "start/", site="books_to_scrape")
    assert "There is no shop" in press_button(staff_client, "start/", site="elsewhere")
    assert "The crawl was cancelled." in press_button(staff_client, f"{run.pk}/cancel/")
    assert "has already ended: cancelled" in press_button(staff_client, f"{run.pk}/cancel/")
    assert staff_client.get("/admin/scraping/scraperun/start/").status_code == 405


@pytest.mark.parametrize(
    ("button", "needed", "other"),
    [
        ("start/", "scraping.add_scraperun", "scraping.change_scraperun"),
        ("{pk}/cancel/", "scraping.change_scraperun", "scraping.add_scraperun"),
    ],
)
def test_admin_buttons_need_their_permission(db: None, button: str, needed: str, other: str) -> None:
    run, client = make_remote_run(state="queued"), APIClient()
    path = f"/admin/scraping/scraperun/{button.format(pk=run.pk)}"

    client.force_login(make_staff(other, "scraping.view_scraperun"))
    assert client.post(path, SITE).status_code == 403
    assert ScrapeRun.objects.get().state == "queued"
    client.force_login(make_staff(needed))
    response = client.post(path, SITE, format="multipart", follow=True)
    assert response.status_code == 200  # of a page that the account may view


def test_admin_buttons_need_a_csrf_token(db: None) -> None:
    strict_client = Client(enforce_csrf_checks=True)
    strict_client.force_login(make_user(is_staff=True, is_superuser=True))

    assert strict_client.post("/admin/scraping/scraperun/start/", SITE).status_code == 403
