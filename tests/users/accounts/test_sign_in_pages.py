"""Signing in through HTML pages."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.clients import PASSWORD
from users.models import User

pytestmark = pytest.mark.django_db


def sign_in(browser: Client, page: str = "/sign-in", **fields: str) -> Any:
    return browser.post(page, {"username": "ANN@example.org", "password": PASSWORD, **fields})


def test_a_session_works_in_the_browsable_api(ann: User) -> None:
    browser = Client()

    response = sign_in(browser, next="/api/users/me")

    assert response["Location"] == "/api/users/me"
    page = browser.get("/api/users/me", headers={"accept": "text/html"}).content.decode()
    assert "Ann" in page
    assert "Sign out" in page
    browser.post("/sign-out")
    assert browser.get("/api/users/me").status_code == 401


def test_redirects_to_other_hosts_are_ignored(ann: User) -> None:
    assert sign_in(Client(), next="https://evil.example/")["Location"] == "/api"


@pytest.mark.parametrize("page", ["/sign-in", "/admin/login/"])
def test_attempts_are_limited_per_account(ann: User, settings: Settings, page: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"
    browser = Client()

    failed = [sign_in(browser, page, password="wrong") for _ in range(2)]
    limited = sign_in(browser, page)

    assert all("correct" in response.content.decode() for response in failed)
    assert "Too many attempts. Try again in" in limited.content.decode()
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("page", ["/sign-in", "/admin/login/"])
def test_attempts_are_limited_per_address(settings: Settings, page: str) -> None:
    settings.LOGINS_PER_ADDRESS = "2/minute"

    responses = [sign_in(Client(), page, username=f"user{number}@example.org") for number in range(3)]

    are_limited = ["Too many attempts" in response.content.decode() for response in responses]
    assert are_limited == [False, False, True]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "decoy1@example.org"}, {"email": "decoy2@example.org"}),
        ({"username": "ann@example.org"}, {"username": "ａnn@example.org"}),  # the form normalises it to ASCII
    ],
)
def test_the_account_limit_cannot_be_evaded(
    ann: User, settings: Settings, first: dict[str, str], second: dict[str, str]
) -> None:
    settings.LOGINS_PER_ACCOUNT = "1/minute"

    sign_in(Client(), password="wrong", **first)
    response = sign_in(Client(), password="wrong", **second)

    assert "Too many attempts" in response.content.decode()
