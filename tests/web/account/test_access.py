"""Passwords, tokens and sessions on the pages of the account."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD, is_signed_in, make_client
from tests.support.factories import make_user
from tests.web.account.conftest import errors_of
from tests.web.pages import get_page, parse, text_of, texts_of
from users.models import Session, Token, User

pytestmark = pytest.mark.django_db


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
