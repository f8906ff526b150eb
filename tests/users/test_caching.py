"""Responses about people are stored neither by browsers nor by proxies."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD
from tests.support.factories import make_book
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db

LOGIN = {"email": "ann@example.org", "password": PASSWORD}


@pytest.fixture
def entry(ann: User) -> LibraryEntry:
    entry: LibraryEntry = LibraryEntry.objects.create(user=ann, book=make_book())
    return entry


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("post", "/api/auth/login", LOGIN, 200),
        ("post", "/api/auth/login", {**LOGIN, "password": "wrong"}, 401),
        ("post", "/api/auth/login", {}, 422),
        ("get", "/api/auth/login", None, 405),
        ("post", "/api/auth/logout", None, 204),
        ("post", "/api/auth/logout-all", None, 204),
        ("get", "/api/users", None, 200),
        ("get", "/users?page=1", None, 200),
        ("get", "/api/users/9999", None, 404),
        ("post", "/api/users", {"name": "New", "email": "new@example.org", "age": 1}, 201),
        ("post", "/api/users", {"name": "New", "email": "ann@example.org", "age": 1}, 409),
        ("get", "/api/users/me", None, 200),
        ("patch", "/api/users/me", {"name": "Anna"}, 200),
        ("delete", "/api/users/me", {}, 422),
        ("get", "/saved", None, 200),
        ("get", "/api/library", None, 200),
        ("get", "/api/library/summary", None, 200),
        ("get", "/api/library/{pk}", None, 200),
        ("post", "/api/library/{pk}/readings", {}, 201),
        ("get", "/api/library/9999", None, 404),
    ],
)
def test_responses_about_people_are_not_stored(
    ann_client: APIClient, entry: LibraryEntry, method: str, path: str, body: dict[str, object] | None, status: int
) -> None:
    response = getattr(ann_client, method)(path.format(pk=entry.pk), body)

    assert response.status_code == status, response.content
    assert response["Cache-Control"] == "no-store"
    assert {"Authorization", "Cookie"} <= set(response["Vary"].split(", "))


@pytest.mark.parametrize("path", ["/api/users/me", "/api/library"])
def test_invalid_credentials_are_not_stored(client: APIClient, path: str) -> None:
    client.credentials(HTTP_AUTHORIZATION="Bearer invalid")

    response = client.get(path)

    assert (response.status_code, response["Cache-Control"]) == (401, "no-store")


def test_a_rejected_attempt_is_not_stored(client: APIClient, settings: Settings) -> None:
    settings.LOGINS_PER_ACCOUNT = "1/minute"

    responses = [client.post("/api/auth/login", {**LOGIN, "password": "wrong"}) for _ in range(2)]

    assert (responses[1].status_code, responses[1]["Cache-Control"]) == (429, "no-store")


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/", "/admin/", "/admin/password_change/"])
def test_pages_about_people_are_not_stored(path: str) -> None:
    assert "no-store" in Client().get(path)["Cache-Control"]


@pytest.mark.usefixtures("open_library")
def test_a_search_varies_by_caller_because_it_shows_what_is_saved(client: APIClient) -> None:
    response = client.get("/api/search?q=dune")

    assert response.status_code == 200
    assert {"Authorization", "Cookie", "origin"} <= set(response["Vary"].split(", "))


def test_pages_of_the_catalogue_may_be_stored(client: APIClient) -> None:
    assert "no-store" not in client.get("/api/books").get("Cache-Control", "")
