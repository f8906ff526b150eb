"""The pages under /account: profile, e-mail address, time zone and deletion."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.support.clients import NEW_PASSWORD, PASSWORD
from tests.support.factories import make_book, make_user
from tests.web.account.conftest import errors_of
from tests.web.pages import get_page
from users.models import LibraryEntry, Session, Token, User

pytestmark = pytest.mark.django_db

PAGES = ["/account", "/account/email", "/account/password", "/account/tokens", "/account/sessions", "/account/delete"]
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("/account", {"name": "Anna", "time_zone": "UTC"}),
    ("/account/email", {"email": "new@example.org", "current_password": PASSWORD}),
    ("/account/password", {"new_password": NEW_PASSWORD, "current_password": PASSWORD}),
    ("/account/tokens", {"name": "Backup", "days": 30, "current_password": PASSWORD}),
    ("/account/tokens/1/revoke", {}),
    ("/account/sessions/1/end", {}),
    ("/account/sessions/end-others", {}),
    ("/account/delete", {"current_password": PASSWORD}),
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_one_heading_and_mark_themselves(browser: Client, path: str) -> None:
    page = get_page(path, browser)

    assert len(page.select("h1")) == 1
    (current,) = page.select(".chips a[aria-current=page]")
    assert current["href"] == path
    assert not page.select("[style], script:not([src])")


def test_visitors_are_sent_to_sign_in(ann: User) -> None:
    for path in PAGES:
        assert Client().get(path)["Location"] == f"/sign-in?next={path}"
    for path, form in FORMS:
        assert Client().post(path, form)["Location"] == f"/sign-in?next={path}"
    ann.refresh_from_db()
    assert (ann.name, ann.check_password(PASSWORD)) == ("Ann", True)


def test_every_form_needs_its_csrf_token(ann: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)

    for path, form in [*FORMS, ("/forgotten-password", {"email": ann.email}), ("/new-password/MQ", {})]:
        assert client.post(path, form).status_code == 403, path
    assert User.objects.get().name == "Ann"


def test_profile_is_changed(browser: Client, ann: User) -> None:
    response = browser.post("/account", {"name": "Anna", "age": "", "time_zone": "Asia/Kolkata"})

    assert response["Location"] == "/account"
    ann.refresh_from_db()
    assert (ann.name, ann.age, ann.time_zone) == ("Anna", None, "Asia/Kolkata")
    assert "Your profile was saved." in get_page("/account", browser).get_text()


@pytest.mark.parametrize("change", [{"name": "\u200b"}, {"age": "151"}, {"time_zone": "Moon/Crater"}, {"name": ""}])
def test_invalid_profiles_are_explained(browser: Client, ann: User, change: dict[str, str]) -> None:
    response = browser.post("/account", {"name": "Anna", "age": "30", "time_zone": "UTC", **change})

    assert errors_of(response)
    ann.refresh_from_db()
    assert (ann.name, ann.age, ann.time_zone) == ("Ann", 30, "UTC")


def test_times_are_shown_in_the_time_zone_of_the_account(browser: Client, ann: User) -> None:
    User.objects.update(time_zone="Asia/Kolkata")
    Session.objects.update(last_seen_at=datetime(2099, 1, 1, 20, 0, tzinfo=UTC))

    assert "2 January 2099, 01:30" in get_page("/account/sessions", browser).get_text()
    assert browser.get("/api/users/me").status_code == 200
    assert browser.get("/api/tokens").json()["count"] == 0


def test_times_of_the_api_stay_in_utc(browser: Client, ann: User) -> None:
    User.objects.update(time_zone="Asia/Kolkata")
    Token.objects.create(user=ann)

    get_page("/account/tokens", browser)

    assert browser.get("/api/tokens").json()["results"][0]["expiry"].endswith("Z")


def test_email_is_changed(browser: Client, ann: User) -> None:
    form = {"email": "new@example.org", "current_password": PASSWORD}

    assert browser.post("/account/email", form)["Location"] == "/account/email"

    ann.refresh_from_db()
    assert (ann.email, ann.email_key) == ("new@example.org", "new@example.org")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"current_password": "wrong"}, "This is not your current password."),
        ({"email": "TAKEN@example.org"}, "There is an account with this e-mail address already."),
        ({"email": "kİ@example.org"}, "Use only ASCII letters"),
    ],
)
def test_invalid_emails_are_explained(browser: Client, ann: User, change: dict[str, str], error: str) -> None:
    make_user(email="taken@example.org")

    response = browser.post("/account/email", {"email": "new@example.org", "current_password": PASSWORD, **change})

    assert error in errors_of(response)
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"


def test_deletion_says_what_it_deletes_and_needs_the_password(browser: Client, ann: User) -> None:
    book = make_book()
    LibraryEntry.objects.create(user=ann, book=book)
    assert "your library with its ratings, notes and readings" in get_page("/account/delete", browser).get_text()

    assert "not your current password" in errors_of(browser.post("/account/delete", {"current_password": "x"}))
    assert User.objects.exists()
    assert browser.post("/account/delete", {"current_password": PASSWORD})["Location"] == "/"

    assert not User.objects.exists()
    assert not LibraryEntry.objects.exists()
    book.refresh_from_db()
    assert "Your account was deleted." in get_page("/", browser).get_text()


@pytest.mark.parametrize("path", ["/account/tokens", "/account/sessions"])
def test_number_of_queries_does_not_depend_on_the_number_of_rows(browser: Client, ann: User, path: str) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            Token.objects.create(user=ann)
            Client().force_login(ann)
        with CaptureQueriesContext(connection) as captured:
            get_page(path, browser)
        counts.append(len(captured))

    assert counts[0] == counts[1]
