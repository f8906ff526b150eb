"""The home page before, during and after the first crawl."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from scraping.models import ScrapeRun
from tests.support.factories import make_book, make_curator, make_staff, make_user
from tests.web.pages import BROWSER, get_page, parse, text_of

pytestmark = pytest.mark.django_db

STARTS = "a[href='/admin/scraping/scraperun/']"


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]  # a user
    return client


def start_crawl(**fields: object) -> ScrapeRun:
    return ScrapeRun.objects.create(site="books_to_scrape", trigger="command", **fields)


def poll(announced: str, client: Client | None = None) -> BeautifulSoup:
    """The fragment as htmx requests it."""
    response = (client or Client()).get(f"/crawl?announced={announced}", headers={**BROWSER, "HX-Request": "true"})
    assert response.status_code == 200
    return parse(response)


def test_an_empty_catalogue_says_how_to_fill_it() -> None:
    assert "A member of staff can start a crawl" in text_of(get_page("/"), "main .notice")
    assert not get_page("/", signed_in(make_user())).select(STARTS)
    assert not get_page("/", signed_in(make_staff("scraping.view_scraperun"))).select(STARTS)
    assert len(get_page("/", signed_in(make_curator())).select(STARTS)) == 1


def test_progress_of_a_crawl_is_refreshed_until_it_has_ended() -> None:
    run = start_crawl(state="queued")
    assert "waits for a worker" in get_page("/").get_text()
    for state, listed, seen, text in (("running", None, 0, "list of books"), ("running", 1000, 255, "255 of 1000")):
        ScrapeRun.objects.update(state=state, listed=listed, seen=seen)
        assert text in get_page("/").get_text()

    fragment = poll("0")
    assert text_of(fragment, "[hx-swap-oob]") == "20 per cent of the books are read."
    assert fragment.select("[hx-trigger][hx-get='/crawl?announced=20']")
    assert not poll("20").select("[hx-swap-oob]")

    make_book()
    ScrapeRun.objects.filter(pk=run.pk).update(state="succeeded")
    fragment = poll("20")
    assert not fragment.select("[hx-get]")
    assert "The catalogue is filled: 1 book. Show them" in " ".join(fragment.get_text().split())


def test_progress_without_scripts_has_a_link_to_reload() -> None:
    start_crawl(state="running")

    page = get_page("/")

    assert page.select("a.without-scripts[href='/']")
    assert not page.select("meta[http-equiv]")
    response = Client().get("/crawl", headers=BROWSER)
    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("state", ["failed", "rejected", "interrupted", "cancelled"])
def test_a_failed_first_crawl_is_explained(state: str) -> None:
    start_crawl(state=state, reason="The shop did not respond.")

    page, staff_page = get_page("/"), get_page("/", signed_in(make_curator()))

    assert "A member of staff can start it again." in text_of(page, "main .notice")
    assert "did not respond" not in page.get_text()
    assert "The shop did not respond." in text_of(staff_page, "main .notice")
    assert staff_page.select(STARTS)
    assert not poll("0").select("[hx-get]")


def test_later_crawls_are_not_shown() -> None:
    start_crawl(state="succeeded")
    start_crawl(state="failed")
    make_book()

    assert not get_page("/").select("progress, main .notice")


def test_runs_and_accounts_link_to_the_admin_for_staff_who_may_change_them() -> None:
    run = start_crawl(state="running")
    staff, curator = make_staff("users.change_user"), make_curator()

    assert get_page("/", signed_in(curator)).select(f"a[href='/admin/scraping/scraperun/{run.pk}/change/']")
    assert not get_page("/", signed_in(staff)).select("a.edit")
    assert get_page("/account", signed_in(staff)).select(f"a[href='/admin/users/user/{staff.pk}/change/']")
    assert not get_page("/account", signed_in(curator)).select("a.edit")


def test_home_of_a_new_reader_explains_the_empty_lists() -> None:
    page = get_page("/", signed_in(make_user(name="Ann")))

    assert text_of(page, "h1") == "Hello, Ann"
    assert text_of(page, ".figures") == "0 want to read 0 reading 0 read 0 stopped"
    assert "Set a book to “Reading”" in page.get_text()
    assert "Set a book to “Want to read”" in page.get_text()
