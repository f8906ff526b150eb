"""The pages under /account: profile, e-mail address, password, tokens, sessions, time zone and deletion."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD, is_signed_in, make_client
from tests.support.factories import make_book, make_user
from tests.web.pages import get_page, parse, text_of, texts_of
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


@pytest.fixture
def ann() -> User:
    return make_user(email="ann@example.org", name="Ann", age=30, password=PASSWORD)


@pytest.fixture
def browser(ann: User) -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    client.post("/sign-in", {"username": ann.email, "password": PASSWORD})
    return client


def errors_of(response: Any) -> str:
    assert response.status_code == 422
    return " ".join(texts_of(parse(response), ".errorlist"))


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


def test_a_new_password_ends_other_sessions_and_tokens_and_says_so(browser: Client, ann: User) -> None:
    other, program = Client(), make_client(ann)
    other.force_login(ann)

    browser.post("/account/password", {"new_password": NEW_PASSWORD, "current_password": PASSWORD})

    page = get_page("/account/password", browser)
    assert "All your other sessions and all your API tokens have ended." in text_of(page, ".notice")
    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)
    assert (other.get("/account").status_code, is_signed_in(program)) == (302, False)
    assert len(Session.objects.open_of(ann)) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [({"current_password": "x"}, "not your current password"), ({"new_password": "ann@example.org"}, "too similar")],
)
def test_invalid_passwords_are_explained(browser: Client, ann: User, change: dict[str, str], error: str) -> None:
    form = {"new_password": NEW_PASSWORD, "current_password": PASSWORD, **change}

    assert error in errors_of(browser.post("/account/password", form))
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/account/email", "/account/password", "/account/tokens", "/account/delete"])
def test_guesses_of_the_password_are_limited(browser: Client, settings: Settings, path: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"  # one was counted by signing in

    errors = [errors_of(browser.post(path, {"current_password": "guess"})) for _ in range(2)]

    assert ["Too many attempts" in error for error in errors] == [False, True]


def test_a_token_is_shown_once_and_works_until_it_is_revoked(browser: Client, ann: User) -> None:
    response = browser.post("/account/tokens", {"name": "Backup", "days": 7, "current_password": PASSWORD})
    token = text_of(parse(response), "#new-token")
    program = APIClient(headers={"Authorization": f"Bearer {token}"})

    assert response["Cache-Control"] == "no-store"
    assert is_signed_in(program)
    page = get_page("/account/tokens", browser)
    assert token not in page.get_text()
    assert "Backup" in text_of(page, ".rows")
    (form,) = page.select(".rows form")
    assert browser.post(str(form["action"]))["Location"] == "/account/tokens"
    assert not is_signed_in(program)
    assert "No program can use your account." in get_page("/account/tokens", browser).get_text()


def test_tokens_and_sessions_of_others_are_404(browser: Client) -> None:
    other = make_user()
    Client().force_login(other)
    token, session = Token.objects.create(user=other)[0], Session.objects.get(user=other)

    assert browser.post(f"/account/tokens/{token.number}/revoke").status_code == 404
    assert browser.post(f"/account/sessions/{session.number}/end").status_code == 404
    assert Token.objects.filter(user=other).exists()
    assert Session.objects.filter(user=other).exists()
    assert "Theirs" not in get_page("/account/tokens", browser).get_text()


def test_a_session_is_named_and_ended(browser: Client, ann: User) -> None:
    other = Client(headers={"User-Agent": "curl/8.0"})
    other.post("/sign-in", {"username": ann.email, "password": PASSWORD})

    page = get_page("/account/sessions", browser)
    assert sorted(texts_of(page, ".rows b")) == ["Firefox on Linux", "curl/8.0"]
    assert text_of(page, ".rows .pill") == "this browser"
    (form,) = page.select(".rows form")
    browser.post(str(form["action"]))

    assert (other.get("/account").status_code, browser.get("/account").status_code) == (302, 200)


def test_all_other_sessions_are_ended(browser: Client, ann: User) -> None:
    others, program = [Client(), Client()], make_client(ann)
    for other in others:
        other.force_login(ann)

    assert browser.post("/account/sessions/end-others")["Location"] == "/account/sessions"

    assert [other.get("/account").status_code for other in others] == [302, 302]
    assert is_signed_in(program)
    assert texts_of(get_page("/account/sessions", browser), ".rows b") == ["Firefox on Linux"]


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
