"""Attacks on the pages through sessions: cross-site writes, other people's objects, redirects, hostile texts."""

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from books.models import Authorship, Book
from scraping.models import ScrapeRun
from tests.fakes.openlibrary.app import OpenLibrary
from tests.security.session_access import CALLERS, SESSION_ACCESS
from tests.support.factories import make_book, make_category, make_staff, make_user
from tests.web.pages import BROWSER, get_page, parse
from users.models import Channel, ImportJob, LibraryEntry, Notification, PriceWatch, User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{ 7*7 }}"
FOREIGN = [
    "https://evil.example.net/",
    "//evil.example.net",
    "/\\evil.example.net",
    "javascript:alert(1)",
    "http:///evil",
]


@pytest.fixture
def member() -> User:
    return make_user(name="Ann")


@pytest.fixture
def numbers(member: User) -> dict[str, Any]:
    """The values of the parameters in paths."""
    book = make_book(title="Odes", authors=["Horace"], category=make_category())
    LibraryEntry.objects.create(user=member, book=book)
    job = ImportJob.objects.create(user=member, state="finished", file_name=HOSTILE, error=HOSTILE)
    job.rows.create(number=1, line=2, outcome="failed", reason=HOSTILE, values={"book": {"title": HOSTILE}})
    return {
        "book": book.pk, "author": book.authors.get().pk, "category": book.category_id, "user": member.pk,
        "import": job.pk, "watch": PriceWatch.objects.create(user=member, book=book, rule="lowest").pk,
        "notification": make_notification(member, book).pk, "channel": make_hook(member).pk,
    }  # fmt: skip


def make_notification(user: User, book: Book) -> Notification:
    payload = {
        "book": book.pk, "title": book.title, "rule": HOSTILE, "observed_at": "2026-05-03T12:00:00+00:00",
        "new": "1.00", "old": None, "target": None, "lowest": None, "currency": "GBP", "in_stock": True,
    }  # fmt: skip
    return Notification.objects.create(
        recipient=user, kind="price_watch", dedupe_key="1", payload=payload, created_at=timezone.now()
    )


def make_hook(user: User) -> Channel:
    return Channel.objects.create(owner=user, kind="webhook", address=f"https://hooks.example/{HOSTILE}")


def open_session(user: User | None) -> Client:
    """A browser that checks CSRF tokens, as a real one is checked."""
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    return client


def post(client: Client, path: str, fields: dict[str, str] | None = None) -> Any:
    """Sends a form with a valid token, as the page of the site would."""
    page = get_page("/register", client)
    token = str(page.select("input[name=csrfmiddlewaretoken]")[0]["value"])
    return client.post(path, {**(fields or {}), "csrfmiddlewaretoken": token}, headers=BROWSER)


def test_pages_by_kind_of_session(member: User, numbers: dict[str, Any]) -> None:
    """Each request has a session of its own, because some sign out."""
    users = {"anonymous": None, "member": member, "other": make_user(), "staff": make_staff()}
    rows = [line.split() for line in SESSION_ACCESS.strip().splitlines()]

    for method, path, *expected in rows:
        statuses = []
        for caller in CALLERS:
            client, address = open_session(users[caller]), path.format(**numbers)
            response = post(client, address) if method == "POST" else client.get(address, headers=BROWSER)
            statuses.append(str(response.status_code))
            b"".join(response)  # to the end, so that an export gives its place free
            LibraryEntry.objects.exclude(user=member).delete()
            LibraryEntry.objects.get_or_create(user=member, book_id=numbers["book"])
        assert statuses == expected, (method, path)


def test_another_members_entry_is_neither_shown_nor_changed(member: User, numbers: dict[str, Any]) -> None:
    LibraryEntry.objects.update(status="read", rating=4.5)
    client = open_session(make_user())

    assert not get_page(f"/book/{numbers['book']}", client).select("[aria-pressed=true], [checked]:not([name=rule])")
    assert post(client, f"/book/{numbers['book']}/library", {"status": "stopped", "rating": "1"}).status_code == 302
    entry = LibraryEntry.objects.get(user=member)
    assert (entry.status, entry.rating) == ("read", Decimal("4.5"))


@pytest.mark.parametrize(
    "path",
    ["/find/save", "/book/{book}/library", "/book/{book}/library/remove", "/book/{book}/library/notes",
     "/book/{book}/library/review", "/book/{book}/library/details", "/book/{book}/library/readings",
     "/book/{book}/library/edition", "/book/add", "/library/change", "/library/undo",
     "/library/import", "/library/import/{import}/start", "/library/import/{import}/undo", "/runs/start",
     "/runs/1/cancel", "/tracked", "/tracked/1/stop", "/book/{book}/price-report",
     "/notifications/read", "/notifications/{notification}/read", "/account/notifications",
     "/account/notifications/feed", "/account/notifications/channels", "/account/notifications/channels/{channel}",
     "/book/{book}/watches/new", "/watches/{watch}", "/watches/{watch}/pause", "/watches/{watch}/remove",
     "/account", "/account/delete", "/register", "/sign-in", "/sign-out"],
)  # fmt: skip
@pytest.mark.parametrize("token", ["", "x" * 32, "a" * 64])
def test_writes_without_a_valid_token_change_nothing(
    member: User, numbers: dict[str, Any], path: str, token: str
) -> None:
    client = open_session(member)
    fields = {"status": "read", "book": numbers["book"], "csrfmiddlewaretoken": token}

    response = client.post(path.format(**numbers), fields, headers=BROWSER)

    assert response.status_code == 403
    assert LibraryEntry.objects.get().status == "want_to_read"
    assert get_page("/account", client)


@pytest.mark.parametrize("target", FOREIGN)
def test_no_page_redirects_to_another_site(member: User, numbers: dict[str, Any], target: str) -> None:
    member.set_password(PASSWORD)
    member.save()
    book = f"/book/{numbers['book']}/library"
    registration = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}
    signing_in = {"username": member.email, "password": PASSWORD}
    for user, path, fields in (
        (None, "/sign-in", signing_in), (None, "/register", registration), (member, "/sign-out", {}),
        (member, book, {"status": "read", "seen_status": "want_to_read"}),
        (member, f"{book}/remove", {"version": "2"}), (member, "/find/save", {"q": target}),
    ):  # fmt: skip
        response = post(open_session(user), f"{path}?next={target}", {**fields, "next": target})
        assert response.status_code == 302, path
        assert response["Location"].startswith("/"), path
        assert not response["Location"].startswith(("//", "/\\"))

    for path in (f"/catalogue/as/list?next={target}", f"/sign-in?next={target}", f"/crawl?next={target}"):
        response = open_session(member).get(path, headers=BROWSER)
        assert response.status_code == 302
        assert response["Location"].partition("?")[0] in {"/", "/catalogue"}, path


def hostile_book() -> Book:
    book = make_book(
        title=HOSTILE, subtitle=HOSTILE, authors=[HOSTILE], category=make_category(HOSTILE), description=HOSTILE,
        cover_url=f"https://covers.example/{HOSTILE}", product_url="javascript:alert(1)", price="1.00", currency="GBP",
    )  # fmt: skip
    Authorship.objects.update(name=f"{HOSTILE} too")
    return book


def assert_harmless(page: BeautifulSoup, path: str) -> None:
    assert not page.select("script:not([src]), img[onerror], [onclick], [style], svg[onload]"), path
    assert not [link for link in page.select("[href], [action]") if "javascript:" in str(link)], path
    assert "49" not in page.get_text() or "7*7" in page.get_text(), path


@pytest.mark.parametrize("layout", ["grid", "list"])
def test_hostile_texts_are_shown_as_text(open_library: OpenLibrary, layout: str) -> None:
    book = hostile_book()
    user = make_staff("books.change_book", "scraping.add_scraperun", name=HOSTILE[:100])
    LibraryEntry.objects.create(user=user, book=book, status="reading")
    PriceWatch.objects.create(user=user, book=book, rule="lowest")
    make_notification(user, book)
    make_hook(user)
    ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="failed", reason=HOSTILE)
    client = open_session(user)
    client.get(f"/catalogue/as/{layout}")
    author = book.authors.get().pk

    for path in (
        "/",
        "/catalogue",
        f"/book/{book.pk}",
        f"/author/{author}",
        f"/category/{book.category_id}",
        "/account",
        "/account/notifications",
        "/notifications",
        "/watches",
    ):
        page = get_page(path, client)
        assert "<script>alert(1)</script>" in page.get_text(), path
        assert_harmless(page, path)


@pytest.mark.parametrize("path", ["/find", "/catalogue", "/register", "/sign-in", "/crawl", "/nothing"])
@pytest.mark.parametrize("name", ["q", "title", "author", "category", "ordering", "page", "next", "announced", HOSTILE])
def test_hostile_parameters_are_shown_as_text(open_library: OpenLibrary, path: str, name: str) -> None:
    response = Client().get(path, {name: HOSTILE}, headers={**BROWSER, "HX-Request": "true"})

    assert response.status_code < 500
    assert_harmless(parse(response), path)
