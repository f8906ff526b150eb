"""The shared library on the pages of books and in the search, for visitors and for members who select it."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from books.models import Book
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book, make_user
from tests.web.pages import BROWSER, get_page, read_controls, texts_of
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db
FOREIGN = {"Origin": "https://evil.example.net"}
WRITES = ["", "/remove", "/notes", "/edition", "/readings"]


@pytest.fixture(autouse=True)
def _open(settings: Settings) -> None:
    settings.SHARED_SHELF = True


@pytest.fixture
def book() -> Book:
    return make_book(title="Odes")


@pytest.fixture(params=["visitor", "member"])
def reader(request: pytest.FixtureRequest, owner_client: Client) -> tuple[Client, str]:
    """A client, and the query of its pages of the shared library."""
    return (Client(), "") if request.param == "visitor" else (owner_client, "?shared=true")


def send(client: Client, book: Book, query: str, end: str = "", **fields: str) -> Any:
    """Sends a form of the book's page as it is now, to the address that the form contains."""
    path = f"/book/{book.pk}/library{end}"
    page = get_page(f"/book/{book.pk}{query}", client)
    (address,) = {
        str(form["action"]) for form in page.select("main form") if str(form["action"]).startswith(f"{path}?")
    }
    return client.post(address, {**read_controls(f"/book/{book.pk}{query}", client), **fields}, headers=BROWSER)


def test_status_rating_notes_and_readings_are_shared(reader: tuple[Client, str], book: Book) -> None:
    client, query = reader

    assert send(client, book, query, status="reading")["Location"] == f"/book/{book.pk}/odes{query}"
    send(client, book, query, rating="4.5")
    seen = read_controls(f"/book/{book.pk}{query}", client, "#notes")["seen"]
    send(client, book, query, "/notes", notes="Lent to Bob", seen=seen)
    response = send(client, book, query, "/readings", started_on="2026-01-02")

    assert response["Location"] == f"/book/{book.pk}/odes{query}#reading"
    entry = LibraryEntry.objects.get()
    assert entry.user is None
    assert (entry.status, entry.rating, entry.notes) == ("reading", Decimal("4.5"), "Lent to Bob")
    assert entry.readings.count() == 1
    page = get_page(f"/book/{book.pk}{query}", client)
    assert texts_of(page, ".segments [aria-pressed=true]") == ["Reading"]
    assert texts_of(page, "h2")[0] == "Shared notes and readings"
    reading = f"/readings/{entry.readings.get().pk}"
    send(client, book, query, reading, finished_on="2026-01-03")
    assert str(entry.readings.get().finished_on) == "2026-01-03"
    send(client, book, query, f"{reading}/remove")
    assert not entry.readings.exists()
    send(client, book, query, "/remove")
    assert not LibraryEntry.objects.exists()


def test_books_of_the_search_are_added(reader: tuple[Client, str], open_library: OpenLibrary, book: Book) -> None:
    client, query = reader
    address = f"/find?q=odes&sources=all{query.replace('?', '&')}"
    (form,) = get_page(address, client).select("#in-catalogue li form")
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}

    response = client.post(str(form["action"]), fields, headers=BROWSER)

    assert response["Location"] == address
    assert LibraryEntry.objects.get().user is None
    (link,) = get_page(address, client).select("#in-catalogue li .pill")
    assert (link.text, link["href"]) == ("In the shared library", f"/book/{book.pk}/odes{query}")


def test_works_of_open_library_are_added(reader: tuple[Client, str], open_library: OpenLibrary) -> None:
    client, query = reader
    form = get_page(f"/find/open-library?q=pippi{query.replace('?', '&')}", client).select("li form")[0]
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}

    client.post(str(form["action"]), fields, headers=BROWSER)

    entry = LibraryEntry.objects.get()
    assert (entry.user, entry.book.source) == (None, "open_library")


def test_members_keep_their_own_library_apart(owner: User, owner_client: Client, book: Book) -> None:
    LibraryEntry.objects.create(user=None, book=book, status="read")

    page = get_page(f"/book/{book.pk}", owner_client)
    assert not page.select("[aria-pressed=true]")
    assert page.select(f'#entry a[href="/book/{book.pk}/odes?shared=true"]')
    owner_client.post(f"/book/{book.pk}/library", {"status": "stopped"})

    assert {(each.user, each.status) for each in LibraryEntry.objects.all()} == {(None, "read"), (owner, "stopped")}


def test_links_of_the_shared_library_lead_to_the_shared_entry(owner_client: Client, book: Book) -> None:
    LibraryEntry.objects.create(user=None, book=book)

    page = get_page("/library?shared=true", owner_client)
    assert page.select(f'li h3 a[href="/book/{book.pk}/odes?shared=true"]')
    assert get_page("/library").select(f'li h3 a[href="/book/{book.pk}/odes"]')


def test_members_add_books_to_the_shared_library_by_hand(owner_client: Client) -> None:
    fields = {"title": "Family recipes", "status": "read"}

    response = owner_client.post("/book/add?shared=true", fields)

    assert response["Location"].endswith("/family-recipes?shared=true")
    assert LibraryEntry.objects.get().user is None


@pytest.mark.parametrize("end", WRITES)
def test_the_form_of_an_ended_session_does_not_change_the_shared_library(book: Book, end: str) -> None:
    """Forms of a member's own library do not select the shared one."""
    entry = LibraryEntry.objects.create(user=None, book=book)

    response = Client().post(f"/book/{book.pk}/library{end}", {"status": "read", "version": "1"})

    assert response["Location"] == f"/sign-in?next=/book/{book.pk}"
    assert LibraryEntry.objects.get() == entry


@pytest.mark.parametrize("end", WRITES)
def test_nobody_changes_a_library_that_is_not_shared(
    settings: Settings, owner_client: Client, book: Book, end: str
) -> None:
    settings.SHARED_SHELF = False
    entry = LibraryEntry.objects.create(user=None, book=book)
    fields = {"status": "read", "version": "1", "notes": "x", "seen": "x"}
    path = f"/book/{book.pk}/library{end}?shared=true"

    assert Client().post(path, fields)["Location"] == f"/sign-in?next=/book/{book.pk}"
    assert owner_client.post(path, fields).status_code == 403
    entry.refresh_from_db()
    assert (entry.status, entry.version) == ("want_to_read", 1)


def test_the_search_adds_nothing_to_a_library_that_is_not_shared(
    settings: Settings, owner_client: Client, book: Book
) -> None:
    settings.SHARED_SHELF = False
    fields = {"q": "odes", "book": str(book.pk)}

    assert Client().post("/find/save?shared=true", fields)["Location"] == "/sign-in?next=/find%3Fq%3Dodes"
    assert owner_client.post("/find/save?shared=true", fields).status_code == 403
    assert owner_client.get(f"/book/{book.pk}?shared=true", headers=BROWSER).status_code == 403
    assert not LibraryEntry.objects.exists()


@pytest.mark.parametrize("path", ["/find/save", *(f"/book/{{}}/library{end}" for end in WRITES), "/library/change"])
def test_pages_of_other_sites_change_nothing(book: Book, path: str) -> None:
    """Without the check of CSRF tokens, so that the origin alone decides."""
    LibraryEntry.objects.create(user=None, book=book)
    fields = {"status": "read", "version": "1", "notes": "x", "book": str(book.pk)}

    response = Client().post(f"{path.format(book.pk)}?shared=true", fields, headers={**BROWSER, **FOREIGN})

    assert response.status_code == 403
    assert LibraryEntry.objects.get().version == 1


@pytest.mark.parametrize("path", ["/find/save", *(f"/book/{{}}/library{end}" for end in WRITES)])
def test_changes_by_visitors_need_a_token(book: Book, path: str) -> None:
    LibraryEntry.objects.create(user=None, book=book)
    client = Client(enforce_csrf_checks=True)

    response = client.post(f"{path.format(book.pk)}?shared=true", {"status": "read", "version": "1"}, headers=BROWSER)

    assert response.status_code == 403
    assert LibraryEntry.objects.get().version == 1


@pytest.mark.parametrize("end", WRITES[1:])
def test_entries_of_members_are_not_found_in_the_shared_library(
    reader: tuple[Client, str], book: Book, end: str
) -> None:
    LibraryEntry.objects.create(user=make_user(), book=book, status="read")
    client, query = reader

    assert not get_page(f"/book/{book.pk}{query}", client).select("[aria-pressed=true], #notes")
    response = client.post(f"/book/{book.pk}/library{end}?shared=true", {"notes": "x", "seen": "x", "version": "1"})
    assert response.status_code == 404


def test_the_shared_entry_is_not_stored_in_the_page_cache(settings: Settings, book: Book) -> None:
    settings.READ_CACHE_MB = 1
    client = Client()
    get_page(f"/book/{book.pk}", client)

    client.post(f"/book/{book.pk}/library?shared=true", {"status": "read"})

    assert texts_of(get_page(f"/book/{book.pk}", client), "[aria-pressed=true]") == ["Read"]
