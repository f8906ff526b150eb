"""Signing in through HTML pages."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD
from tests.support.factories import make_user
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
    assert sign_in(Client(), next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize("page", ["/sign-in", "/admin/login/"])
def test_attempts_are_limited_per_account(ann: User, settings: Settings, page: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"
    browser = Client()

    failed = [sign_in(browser, page, password="wrong") for _ in range(2)]
    limited = sign_in(browser, page)

    assert all("Only the password is case-sensitive." in response.content.decode() for response in failed)
    assert "Too many attempts. Try again in" in limited.content.decode()
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("page", ["/sign-in", "/admin/login/"])
def test_attempts_are_limited_per_address(settings: Settings, page: str) -> None:
    settings.LOGINS_PER_ADDRESS = "2/minute"

    responses = [sign_in(Client(), page, username=f"user{number}@example.org") for number in range(3)]

    are_limited = ["Too many attempts" in response.content.decode() for response in responses]
    assert are_limited == [False, False, True]


def test_another_field_does_not_evade_the_account_limit(ann: User, settings: Settings) -> None:
    settings.LOGINS_PER_ACCOUNT = "1/minute"

    sign_in(Client(), password="wrong", email="decoy1@example.org")
    response = sign_in(Client(), password="wrong", email="decoy2@example.org")

    assert "Too many attempts" in response.content.decode()


SPELLINGS = [
    "boss@example.org", " BOSS@example.org", "ｂoss@example.org", "ＢＯＳＳ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "boſs@example.org", "𝐛𝐨𝐬𝐬@example.org", "ⓑⓞⓢⓢ@example.org",
    "boss@ex\u00adample.org", "boss@example。org", '"boss"@example.org',
]  # fmt: skip


@pytest.mark.parametrize("page", ["/sign-in", "/admin/login/"])
@pytest.mark.parametrize("has_account", [True, False])
def test_spellings_of_an_address_have_one_counter(settings: Settings, page: str, has_account: bool) -> None:
    settings.LOGINS_PER_ACCOUNT, settings.LOGINS_PER_ADDRESS = "2/minute", None
    if has_account:
        make_user(email="boss@example.org", password=PASSWORD, is_staff=True)

    pages = [sign_in(Client(), page, username=spelling, password="wrong") for spelling in SPELLINGS]

    assert ["Too many attempts" in response.content.decode() for response in pages] == [False] * 2 + [True] * 8


def test_the_api_and_the_pages_share_the_counter_of_an_account(ann: User, settings: Settings) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"
    sign_in(Client(), "/admin/login/", password="wrong")
    sign_in(Client(), "/sign-in", password="wrong", username="ａnn@example.org")

    response = APIClient().post("/api/auth/login", {"email": "ann@example.org", "password": PASSWORD})

    assert response.status_code == 429


@pytest.fixture
def staff_browser(ann: User) -> Client:
    User.objects.update(is_staff=True)
    browser = Client()
    browser.force_login(ann)
    return browser


def change_password(browser: Client, old_password: str) -> Any:
    form = {"old_password": old_password, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    return browser.post("/admin/password_change/", form)


def test_guesses_at_the_own_password_in_the_admin_are_limited(
    staff_browser: Client, ann: User, settings: Settings
) -> None:
    settings.LOGINS_PER_ACCOUNT = "3/minute"

    pages = [change_password(staff_browser, "guess").content.decode() for _ in range(4)]
    change_password(staff_browser, PASSWORD)

    assert ["Too many attempts" in page for page in pages] == [False, False, False, True]
    assert ["incorrect" in page for page in pages] == [True, True, True, False]
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


def test_staff_change_their_own_password_in_the_admin(staff_browser: Client, ann: User) -> None:
    page = staff_browser.get("/admin/password_change/").content.decode()
    assert "Old password" in page
    assert "/admin/logout/" in page

    response = change_password(staff_browser, PASSWORD)

    assert response["Location"] == "/admin/password_change/done/"
    assert staff_browser.get("/admin/").status_code == 200
    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)
