"""Accounts in the admin: an e-mail address in use is an error of the form."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.support.clients import PASSWORD
from tests.support.factories import make_book, make_user
from users.models import ImportJob, LibraryEntry, User

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


def test_the_size_of_each_library_needs_no_further_query(browser: Client) -> None:
    def load() -> tuple[int, dict[str, int]]:
        with CaptureQueriesContext(connection) as queries:
            page = browser.get("/admin/users/user/")
        return len(queries), {user.name: user.library_size for user in page.context["cl"].result_list}

    browser.get("/admin/users/user/")
    before, _ = load()
    ann, books = make_user(name="Ann"), [make_book(), make_book()]
    make_user(name="Bob")
    for book in books:
        LibraryEntry.objects.create(user=ann, book=book)

    after, sizes = load()

    assert (sizes["Ann"], sizes["Bob"], after) == (2, 0, before)


def test_the_page_of_an_account_states_the_size_of_its_library(browser: Client) -> None:
    ann = make_user()
    LibraryEntry.objects.create(user=ann, book=make_book(title="Odes"))

    page = browser.get(f"/admin/users/user/{ann.pk}/change/").content.decode()

    assert re.search(r'field-library_size.*?<div class="readonly">1</div>', page, re.DOTALL)
    assert "Odes" not in page


def test_deleting_an_account_deletes_its_library(browser: Client) -> None:
    entry = LibraryEntry.objects.create(user=make_user(), book=make_book())

    assert browser.post(f"/admin/users/user/{entry.user_id}/delete/", {"post": "yes"}).status_code == 302
    assert not LibraryEntry.objects.exists()


@pytest.mark.parametrize("is_in_list", [False, True])
def test_deleting_an_account_deletes_its_files(
    browser: Client, settings: Settings, tmp_path: Path, *, is_in_list: bool
) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    ann = make_user()
    file = default_storage.save("imports/export.csv", ContentFile(b"Title\nOdes\n"))
    ImportJob.objects.create(user=ann, file=file, file_name="export.csv")

    if is_in_list:
        data = {"action": "delete_selected", "_selected_action": ann.pk, "post": "yes"}
        response = browser.post("/admin/users/user/", data)
    else:
        response = browser.post(f"/admin/users/user/{ann.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not User.objects.filter(pk=ann.pk).exists()
    assert not default_storage.exists(file)
