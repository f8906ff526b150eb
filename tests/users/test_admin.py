"""Accounts in the admin: an e-mail address in use is an error of the form."""

from typing import Any

import pytest
from django.test import Client

from tests.support.clients import PASSWORD
from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db

IN_USE = "There is an account with this e-mail address already."
NEW = {"name": "New", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def browser() -> Client:
    browser = Client()
    browser.force_login(make_user(email="staff@example.org", is_staff=True, is_superuser=True))
    return browser


def errors_of(response: Any) -> Any:
    return response.context["adminform"].form.errors


@pytest.mark.parametrize("email", ["ann@bücher.example", "ANN@BÜCHER.example", "ann@xn--bcher-kva.example"])
def test_an_email_in_use_is_an_error_of_the_field(browser: Client, email: str) -> None:
    make_user(email="ann@bücher.example")
    bob = make_user(email="bob@example.org")

    added = browser.post("/admin/users/user/add/", {**NEW, "email": email})
    changed = browser.post(f"/admin/users/user/{bob.pk}/change/", {"email": email, "name": "Bob", "is_active": "on"})

    assert errors_of(added) == {"email": [IN_USE]}
    assert errors_of(changed) == {"email": [IN_USE]}


def test_an_email_that_looks_like_another_is_an_error_of_the_field(browser: Client) -> None:
    response = browser.post("/admin/users/user/add/", {**NEW, "email": "\u212aim@example.org"})

    assert list(errors_of(response)) == ["email"]
    assert User.objects.count() == 1


def test_a_changed_email_signs_in(browser: Client) -> None:
    bob = make_user(email="bob@example.org", password=PASSWORD)
    form = {"email": "Robert@Bücher.example", "name": "Robert", "is_active": "on"}

    assert browser.post(f"/admin/users/user/{bob.pk}/change/", form).status_code == 302
    assert browser.post(f"/admin/users/user/{bob.pk}/change/", {**form, "name": "Rob"}).status_code == 302

    bob.refresh_from_db()
    assert (bob.email, bob.name) == ("Robert@Bücher.example", "Rob")
    assert User.objects.get_by_natural_key("robert@bücher.EXAMPLE") == bob
