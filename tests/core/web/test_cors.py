"""Any page may read the catalogue; people and their shelves are for listed origins only."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

ELSEWHERE = {"Origin": "https://elsewhere.example"}
PUBLIC = ["/", "/books", "/books/", "/api/books", "/api/books/search?title=x", "/api/books/1", "/api/authors",
          "/api/categories", "/search", "/api/search?q=x", "/api/schema", "/api/docs", "/docs", "/api"]  # fmt: skip
LISTED_ONLY = ["/users", "/users/", "/api/users", "/users/1", "/api/users/me", "/api/auth/login", "/admin/login/",
               "/api/library", "/api/library/1", "/saved", "/save", "/delete/1", "/sign-in",
               "/nowhere", "/booksellers"]  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
def test_any_origin_reads_what_is_public_without_credentials(path: str) -> None:
    answer = Client(headers=ELSEWHERE).get(path)

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path", LISTED_ONLY)
def test_everything_else_is_for_listed_origins(path: str, settings: Settings) -> None:
    assert "Access-Control-Allow-Origin" not in Client(headers=ELSEWHERE).get(path)

    settings.CORS_ALLOWED_ORIGINS = ["https://elsewhere.example"]
    answer = Client(headers=ELSEWHERE).get(path)
    assert answer["Access-Control-Allow-Origin"] == "https://elsewhere.example"
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize(("path", "allowed"), [("/api/books", True), ("/api/users", False)])
def test_a_preflight(path: str, allowed: bool) -> None:
    asked = {**ELSEWHERE, "Access-Control-Request-Method": "GET"}

    assert ("Access-Control-Allow-Origin" in Client(headers=asked).options(path)) is allowed


def test_a_listed_origin_may_guard_its_changes(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://elsewhere.example"]
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match,authorization"}

    allowed = Client(headers={**ELSEWHERE, **asked}).options("/api/library/1")["Access-Control-Allow-Headers"]

    assert {"if-match", "authorization"} <= {name.strip() for name in allowed.split(",")}
