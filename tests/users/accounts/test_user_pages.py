"""Signing in through the pages."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.clients import PASSWORD
from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user(email="ann@example.org", name="Ann", password=PASSWORD)


def sign_in(browser: Client, page: str = "/sign-in", password: str = PASSWORD, to: str = "") -> Any:
    return browser.post(page, {"username": "ANN@example.org", "password": password, "next": to})


def test_a_member_signs_in_and_the_browsable_api_knows_them(ann: User) -> None:
    browser = Client()

    answer = sign_in(browser, to="/api/users/me")

    assert answer["Location"] == "/api/users/me"
    page = browser.get("/api/users/me", headers={"accept": "text/html"}).content.decode()
    assert "Ann" in page
    assert "Sign out" in page
    browser.post("/sign-out")
    assert browser.get("/api/users/me").status_code == 401


def test_no_one_is_sent_to_another_host(ann: User) -> None:
    answer = sign_in(Client(), to="https://evil.example/")

    assert answer["Location"] == "/api"


@pytest.mark.parametrize("page", ["/sign-in", "/admin/login/"])
def test_guessing_is_throttled_on_every_page(ann: User, settings: Settings, page: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"
    browser = Client()

    tries = [sign_in(browser, page, "wrong") for _ in range(2)]
    refused = sign_in(browser, page)

    assert all("correct" in answer.content.decode() for answer in tries)
    assert "Too many attempts. Try again in" in refused.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_stranger_learns_why_they_cannot_register(client: Client, settings: Settings) -> None:
    settings.REGISTRATION_OPEN = False

    answer = client.post("/users", {"name": "A", "email": "a@example.org", "age": 1})

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Registration is closed. Ask a member of staff for an account."
    assert answer["WWW-Authenticate"]


def test_a_decoy_field_does_not_get_around_the_throttle(ann: User, settings: Settings) -> None:
    settings.LOGINS_PER_ACCOUNT = "2/minute"
    browser = Client()
    guess = {"username": ann.email, "password": "wrong"}

    answers = [browser.post("/sign-in", {**guess, "email": f"decoy{number}@example.org"}) for number in range(3)]

    assert "Too many attempts" in answers[-1].content.decode()
