"""The pages of scrape runs for staff."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from books.staff_events import AFTER_FAILURE, AFTER_REJECTION, UNCHANGED
from scraping.models import ScrapeProblem, ScrapeRun
from tests.support.factories import make_book, make_curator, make_staff, make_user
from tests.support.prices import record_prices
from tests.web.pages import BROWSER, get_page, text_of, texts_of
from users.models import User

pytestmark = pytest.mark.django_db
SITE = settings.DEFAULT_SITE


@pytest.fixture
def curator() -> Client:
    client = Client()
    client.force_login(make_curator())
    return client


def make_run(**fields: object) -> ScrapeRun:
    return ScrapeRun.objects.create(site=SITE, trigger="command", **fields)


def test_the_list_shows_state_and_progress(curator: Client) -> None:
    make_run(state="succeeded", listed=45, seen=45, failed=2)

    page = get_page("/runs", curator)

    assert texts_of(page, "tbody td")[1:4] == ["Books to Scrape", "Succeeded", "45 of 45"]
    [option] = page.select("select[name=site] option")
    assert (option["value"], option.text) == (SITE, "Books to Scrape")


def test_a_run_whose_shop_has_no_source_shows_the_name(curator: Client) -> None:
    run = ScrapeRun.objects.create(site="former_shop", trigger="command", state="failed")

    assert text_of(get_page(f"/runs/{run.pk}", curator), "h1") == f"Crawl {run.pk} of former_shop"


def test_a_run_is_started_and_cancelled(curator: Client) -> None:
    response = curator.post("/runs/start", {"site": SITE})

    run = ScrapeRun.objects.get()
    assert response["Location"] == reverse("web:run", args=[run.pk])
    assert (run.state, run.trigger, run.is_full) == ("queued", "admin", False)
    assert "waits for a worker" in text_of(get_page(f"/runs/{run.pk}", curator), "#run .now")

    curator.post(f"/runs/{run.pk}/cancel")

    run.refresh_from_db()
    assert run.state == "cancelled"


@pytest.mark.parametrize("data", [{"site": "elsewhere"}, {}])
def test_an_unknown_shop_is_refused_with_a_message(curator: Client, data: dict[str, str]) -> None:
    response = curator.post("/runs/start", data, follow=True, headers=BROWSER)

    assert b'class="notice bad"' in response.content
    assert not ScrapeRun.objects.exists()


def test_a_second_run_of_a_shop_is_refused_with_a_message(curator: Client) -> None:
    make_run(state="queued")

    response = curator.post("/runs/start", {"site": SITE}, follow=True, headers=BROWSER)

    assert b'class="notice bad"' in response.content
    assert ScrapeRun.objects.count() == 1


def test_an_ended_run_cannot_be_cancelled(curator: Client) -> None:
    run = make_run(state="succeeded")

    response = curator.post(f"/runs/{run.pk}/cancel", follow=True, headers=BROWSER)

    assert b'class="notice bad"' in response.content


def test_an_active_run_refreshes_itself_until_it_ends(curator: Client) -> None:
    run = make_run(state="running", listed=45, seen=9)
    address = f"/runs/{run.pk}"

    page = get_page(address, curator)
    assert page.select_one("#run")["hx-get"] == address  # type: ignore[index]
    assert page.select_one("progress")["value"] == "9"  # type: ignore[index]
    ScrapeRun.objects.update(state="failed", reason="The shop did not respond.")
    part = curator.get(address, headers={"HX-Request": "true"})

    assert b"<html" not in part.content
    assert b"hx-get" not in part.content
    assert b"The shop did not respond." in part.content


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"state": "rejected"}, f"{UNCHANGED} {AFTER_REJECTION}"),
        ({"state": "rejected", "created": 3}, AFTER_REJECTION),
        ({"state": "failed"}, f"{UNCHANGED} {AFTER_FAILURE}"),
        ({"state": "succeeded"}, ""),
        ({"state": "running"}, ""),
    ],
)
def test_a_crawl_without_success_states_what_to_do(curator: Client, fields: dict[str, Any], text: str) -> None:
    run = make_run(**fields, reason="The first page is not the shop's.")

    shown = text_of(get_page(f"/runs/{run.pk}", curator), "#run .panel")

    assert f"The first page is not the shop's. {text}".strip() in shown
    assert (UNCHANGED in shown, "operator" in shown) == (UNCHANGED in text, bool(text))


def test_problems_name_page_and_field(curator: Client) -> None:
    run = make_run(state="succeeded")
    ScrapeProblem.objects.create(run=run, url="http://shop.example/1", field="price", message="cannot be read")

    assert texts_of(get_page(f"/runs/{run.pk}", curator), ".unread") == ["price: cannot be read http://shop.example/1"]


def test_a_run_names_its_largest_price_changes(curator: Client) -> None:
    change = {
        "title": "Dune", "source_key": "1", "previous_price": "10.00", "previous_currency": "GBP", "price": "8.00",
        "currency": "GBP", "change_percent": "-20.00",
    }  # fmt: skip
    unknown = {**change, "title": "Emma", "source_key": "2"}
    book = make_book(source=SITE, source_key="1")
    started = datetime(2026, 5, 3, 23, tzinfo=UTC)
    run = make_run(state="succeeded", price_changes=21, largest_changes=[change, unknown], started_at=started)

    page = get_page(f"/runs/{run.pk}", curator)

    assert texts_of(page, ".section header") == ["21 price changes the largest 2, all since that day"]
    assert texts_of(page, ".unread") == ["Dune £10.00 → £8.00, −20%", "Emma £10.00 → £8.00, −20%"]
    links = [link["href"] for link in page.select("#run .section a")]
    assert links == [f"/price-changes?source={SITE}&since=2026-05-03", f"/book/{book.pk}/dune"]


def test_the_link_to_the_changes_since_the_day_of_a_run_selects_them_in_each_time_zone(curator: Client) -> None:
    User.objects.update(time_zone="America/Los_Angeles")
    started = datetime(2026, 5, 3, 6, tzinfo=UTC)  # 2 May in that time zone
    before = datetime(2026, 5, 1, tzinfo=UTC)
    record_prices(make_book(source=SITE, source_key="1"), (before, "10.00"), (started, "8.00"))
    change = {
        "title": "Dune", "source_key": "1", "previous_price": "10.00", "previous_currency": "GBP", "price": "8.00",
        "currency": "GBP", "change_percent": "-20.00",
    }  # fmt: skip
    run = make_run(state="succeeded", price_changes=2, largest_changes=[change], started_at=started)

    link = get_page(f"/runs/{run.pk}", curator).select_one("#run .section a")

    assert link
    assert texts_of(get_page(str(link["href"]), curator), ".row time") == ["2 May 2026"]


def test_staff_need_the_permissions(curator: Client) -> None:
    run = make_run(state="queued")
    viewer, member = Client(), Client()
    viewer.force_login(make_staff("scraping.view_scraperun"))
    member.force_login(make_user())

    assert viewer.get(f"/runs/{run.pk}").status_code == 200
    assert b"Cancel the crawl" not in viewer.get(f"/runs/{run.pk}").content
    assert viewer.post(f"/runs/{run.pk}/cancel").status_code == 403
    assert viewer.post("/runs/start", {"site": SITE}).status_code == 403
    assert [member.get(path).status_code for path in ("/runs", f"/runs/{run.pk}")] == [403, 403]
    assert Client().get("/runs")["Location"] == "/sign-in?next=/runs"


def test_the_number_of_queries_does_not_grow(curator: Client, django_assert_num_queries: object) -> None:
    for _ in range(30):
        make_run(state="succeeded")
    curator.get("/runs")

    with django_assert_num_queries(9):  # type: ignore[operator]
        curator.get("/runs")
