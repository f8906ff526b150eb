"""The search page, as browsers with and without scripts request it."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book, make_user
from tests.web.pages import get_page, parse, text_of, texts_of
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(db: None) -> Client:
    browser = Client()
    browser.force_login(make_user(name="Ann"))
    return browser


def test_page_with_all_sources_shows_both_groups(open_library: OpenLibrary) -> None:
    make_book(title="War of the Worlds")

    page = get_page("/find?q=war&sources=all")

    assert texts_of(page, "#in-catalogue h3") == ["War of the Worlds"]
    assert "War and Peace" in texts_of(page, "#open-library h3")
    assert text_of(page, "#open-library header p").endswith("current")


def test_page_does_not_wait_for_open_library(open_library: OpenLibrary) -> None:
    make_book(title="War of the Worlds")

    page = get_page("/find?q=war")

    assert texts_of(page, "#in-catalogue h3") == ["War of the Worlds"]
    assert not open_library.requests
    (group,) = page.select("#open-library")
    assert "War and Peace" in texts_of(get_page(str(group["hx-get"])), "#open-library h3")
    (redirect,) = page.select("noscript meta[http-equiv=refresh]")
    assert redirect["content"] == "0; url=/find?q=war&sources=all"


@pytest.mark.parametrize("text", ["", "w", "wa", "w*"])
def test_short_texts_do_not_reach_open_library(open_library: OpenLibrary, text: str) -> None:
    for path in ("/find", "/find?sources=all"):
        page = get_page(f"{path}{'&' if '?' in path else '?'}q={text}")
        assert not page.select("[hx-trigger^=load]")
        assert not page.select("noscript meta")
    assert not open_library.requests
    if text:
        assert "at least 3" in text_of(page, "#open-library")
        assert not page.select("#open-library a")


@pytest.mark.parametrize(
    ("fault", "state"), [("html500", "not reachable"), ("truncated", "not reachable"), ("ratelimit", "rate limited")]
)
def test_group_states_why_open_library_has_no_results(open_library: OpenLibrary, fault: str, state: str) -> None:
    make_book(title="War of the Worlds")
    open_library.fault = fault

    page = get_page("/find?q=war&sources=all")

    assert texts_of(page, "#in-catalogue h3") == ["War of the Worlds"]
    assert state in text_of(page, "#open-library header")
    assert "Open Library" in text_of(page, ".notice.bad")
    assert text_of(page, ".notice.bad a") == "Try again"
    assert "has no" not in page.get_text()


def test_exceeded_rate_limit_is_a_state_of_the_group(open_library: OpenLibrary, settings: Settings) -> None:
    settings.SEARCHES_PER_ADDRESS = "1/hour"
    make_book(title="War of the Worlds")
    get_page("/find?q=war&sources=all")

    page = get_page("/find?q=war&sources=all")

    assert texts_of(page, "#in-catalogue h3") == ["War of the Worlds"]
    assert "rate limited" in text_of(page, "#open-library header")
    assert "rate limited" in text_of(get_page("/find/open-library?q=war"), "#open-library header")
    assert not get_page("/find?q=war").select(".notice.bad")


def test_each_group_has_pages_of_its_own(open_library: OpenLibrary) -> None:
    for number in range(25):
        make_book(title=f"War {number:02}")
    open_library.docs = [{"key": f"/works/OL{number}W", "title": f"Peace {number}"} for number in range(100, 130)]

    first = get_page("/find?q=war&sources=all")
    assert len(first.select("#in-catalogue li.row")) == 20
    assert text_of(first, "#in-catalogue header p") == "25 books"
    second = get_page(str(first.select("#in-catalogue a[rel=next]")[0]["href"]))
    assert len(second.select("#in-catalogue li.row")) == 5
    assert len(first.select("#open-library a[rel=next]")) == 1

    assert get_page("/find?q=peace&sources=all&works=2").select("#open-library a[rel=prev]")
    get_page("/find?q=war&page=3", status=404)
    get_page("/find?q=war&page=many", status=422)


def test_book_is_added_and_the_search_is_shown_again(client: Client, open_library: OpenLibrary) -> None:
    form = {"work_key": "OL10W", "q": "war", "sources": "all"}

    response = client.post("/find/save", form)

    assert response["Location"] == "/find?q=war&sources=all"
    page = get_page(response["Location"], client)
    assert "is in your library" in text_of(page, ".notice.good")
    assert LibraryEntry.objects.get().book.title == "War and Peace"
    assert "In your library" in texts_of(page, ".pill.good")


def test_scripts_get_a_link_in_place_of_the_button(client: Client, open_library: OpenLibrary) -> None:
    book = make_book(title="Odes")

    page = parse(client.post("/find/save", {"book": book.pk, "q": "odes"}, headers=HTMX))

    (link,) = page.select("a[autofocus]")
    assert (link["href"], link["data-announce"]) == (f"/book/{book.pk}/odes", "“Odes” is in your library")
    assert not page.select("h1")


def test_failed_save_is_explained(client: Client, open_library: OpenLibrary) -> None:
    form = {"work_key": "nonsense", "q": "war"}

    assert "Not a key of Open Library" in client.post("/find/save", form, follow=True).content.decode()

    response = client.post("/find/save", form, headers=HTMX)
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert "Not a key of Open Library" in response.json()["detail"]
    open_library.fault = "html500"
    assert client.post("/find/save", {"work_key": "OL10W"}, headers=HTMX).status_code == 503
    assert not LibraryEntry.objects.exists()


def test_visitors_are_sent_to_the_sign_in_page_and_back(open_library: OpenLibrary, settings: Settings) -> None:
    settings.SHARED_SHELF = False
    book = make_book(title="Odes")
    query = "%3Fq%3Dodes%26sources%3Dall"

    (link,) = get_page("/find?q=odes&sources=all").select("#in-catalogue .button")

    assert link["href"] == f"/sign-in?next=%2Ffind{query}"
    form = {"q": "odes", "sources": "all", "book": book.pk}
    assert Client().post("/find/save", form)["Location"] == f"/sign-in?next=/find{query}"


def test_expired_session_sends_scripts_to_the_sign_in_page() -> None:
    book = make_book(title="Odes")
    for path, back in (
        (f"/book/{book.pk}/library", f"/book/{book.pk}"),
        (f"/book/{book.pk}/library/remove", f"/book/{book.pk}"),
        ("/find/save", "/find%3Fq%3Dodes"),
    ):
        response = Client().post(path, {"q": "odes"}, headers=HTMX)
        assert response.status_code == 200
        assert response["HX-Redirect"] == f"/sign-in?next={back}"
        assert not response.content


def test_scripts_get_the_reason_of_a_failure() -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post("/find/save", {}, headers=HTMX)
    assert response.status_code == 403
    assert "form has expired" in response.json()["detail"]
    assert "rating" in browser.get("/catalogue?rating=9", headers=HTMX).json()["detail"]
