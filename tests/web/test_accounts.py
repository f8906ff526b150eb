"""Registering, signing in and out on the pages."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.factories import make_user
from tests.web.pages import get_page, parse, text_of, texts_of
from users.models import User

pytestmark = pytest.mark.django_db

FORM = {"name": "Ann", "email": "ann@example.org", "password": "correct horse battery"}


def test_new_reader_is_signed_in() -> None:
    client = Client()

    assert client.post("/register", FORM)["Location"] == "/"

    assert User.objects.get().age is None
    assert text_of(get_page("/", client), "h1") == "Hello, Ann"
    assert client.post("/sign-out")["Location"] == "/"
    assert "Every book" in text_of(get_page("/", client), "h1")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "ANN@example.org"}, "There is an account with this e-mail address already."),
        ({"email": "nonsense"}, "Enter a valid email address."),
        ({"password": "12345678"}, "This password is too common."),
        ({"name": ""}, "This field is required."),
        ({"age": "151"}, "less than or equal to 150"),
    ],
)
def test_invalid_registration_is_explained_and_keeps_the_input(change: dict[str, str], error: str) -> None:
    make_user(email="ann@example.org")

    page = parse(Client().post("/register", {**FORM, "email": "new@example.org", **change}))

    assert any(error in text for text in texts_of(page, ".errorlist"))
    (name,) = page.select("input[name=name]")
    assert name.get("value", "") == {**FORM, **change}["name"]
    assert User.objects.count() == 1


def test_registrations_are_limited(settings: Settings) -> None:
    settings.REGISTRATIONS_PER_ADDRESS = "2/hour"
    client = Client()

    pages = [client.post("/register", {**FORM, "password": "short"}) for _ in range(3)]

    assert "Too many attempts" in pages[2].content.decode()
    assert "Too many attempts" not in pages[1].content.decode()


def test_closed_registration_names_the_way_out(settings: Settings) -> None:
    settings.REGISTRATION_OPEN = False

    assert "Ask a member of staff" in get_page("/register").get_text()
    assert "Ask a member of staff" in get_page("/sign-in").get_text()
    assert Client().post("/register", FORM).status_code == 403
    assert not User.objects.exists()


def test_sign_in_returns_to_the_page_before() -> None:
    make_user(email="ann@example.org", password="correct horse battery")
    form = {"username": "ann@example.org", "password": "correct horse battery", "next": "/catalogue"}

    assert Client().post("/sign-in?next=/catalogue", form)["Location"] == "/catalogue"


def test_forms_need_their_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    for path in ("/register", "/book/1/library", "/book/1/library/remove", "/find/save", "/sign-out"):
        assert client.post(path, {}).status_code == 403, path
