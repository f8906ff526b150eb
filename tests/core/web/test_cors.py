"""Cross-origin requests: any origin may read views that declare it, listed origins may read the others."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views import View
from pytest_django.fixtures import Settings

import config.urls
from core.web.cors import AllowsAnyOrigin
from core.web.view_lookup import find_cached

pytestmark = pytest.mark.django_db

ORIGIN = "https://elsewhere.example"
OPEN_PATHS = ["/", "/ready", "/books", "/books/", "/api/books", "/api/books/search?title=x", "/api/books/1",
              "/api/books/1/prices", "/api/authors", "/api/categories", "/search", "/api/search?q=x", "/api/schema",
              "/api/docs", "/api/redoc", "/docs", "/api"]  # fmt: skip
CLOSED_PATHS = ["/users", "/users/", "/api/users", "/users/1", "/api/users/me", "/api/auth/login", "/admin/login/",
                "/api/library", "/api/library/1", "/saved", "/save", "/delete/1", "/sign-in", "/api/scrape-runs",
                "/nowhere", "/booksellers"]  # fmt: skip


class OpenView(AllowsAnyOrigin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")


class ClosedView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("closed")


urlpatterns = [
    *config.urls.urlpatterns,
    path("open", OpenView.as_view()),
    path("bookshelf", ClosedView.as_view()),
    path("api/books/closed", ClosedView.as_view()),
]


@pytest.fixture
def client() -> Client:
    return Client(headers={"Origin": ORIGIN})


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_any_origin_may_read_open_paths(client: Client, path: str) -> None:
    response = client.get(path)

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("path", CLOSED_PATHS)
def test_only_listed_origins_may_read_other_paths(client: Client, path: str, settings: Settings) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(path)

    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    response = client.get(path)
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("path", "is_open"), [("/open", True), ("/bookshelf", False), ("/api/books/closed", False)])
def test_the_view_decides_and_not_its_path(client: Client, path: str, is_open: bool) -> None:
    find_cached.cache_clear()  # it may have looked the path up in the URLs of the project

    response = client.get(path)

    assert (response.status_code, "Access-Control-Allow-Origin" in response) == (200, is_open)


@pytest.mark.parametrize(("path", "is_allowed"), [("/api/books", True), ("/api/users", False)])
def test_preflight_requests(client: Client, path: str, is_allowed: bool) -> None:
    response = client.options(path, headers={"Access-Control-Request-Method": "GET"})

    assert (response.status_code, "Access-Control-Allow-Origin" in response) == (200, is_allowed)


def test_listed_origins_may_send_conditional_writes(client: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    requested = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match,authorization"}

    response = client.options("/api/library/1", headers=requested)

    allowed = {name.strip() for name in response["Access-Control-Allow-Headers"].split(",")}
    assert {"if-match", "authorization"} <= allowed
    assert "PATCH" in response["Access-Control-Allow-Methods"]
