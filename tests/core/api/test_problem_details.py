"""Errors of the API as problem documents (RFC 9457)."""

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from core.api.problem_details import problem

FAILING_URLS = pytest.mark.urls("tests.core.api.failing_urls")


def parse_problem(response: Any, status: int) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert response.status_code == status, body
    assert response["Content-Type"] == "application/problem+json"
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def quiet_client(client: APIClient) -> APIClient:
    """A client that returns a 500 response instead of raising the view's exception."""
    client.raise_request_exception = False
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nowhere", 404),
        ("get", "/api/nowhere/", 404),
        ("get", "/books/1", 404),
        ("post", "/books", 401),
        ("post", "/books/search", 405),
        ("post", "/", 405),
    ],
)
def test_errors_of_anonymous_clients(client: APIClient, method: str, path: str, status: int) -> None:
    response = getattr(client, method)(path)

    parse_problem(response, status)
    assert ("WWW-Authenticate" in response) is (status == 401)


@pytest.mark.django_db
def test_unsupported_requests(client: APIClient, staff_client: APIClient) -> None:
    parse_problem(staff_client.delete("/api/books"), 405)
    body = parse_problem(client.get("/books", headers={"Accept": "text/csv"}), 406)
    assert body["detail"].endswith("The types are: application/json, text/html.")
    form = staff_client.post("/api/books", "title=x", content_type="application/x-www-form-urlencoded")
    parse_problem(form, 415)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"{", b'{"title": "x"', "\ufeff".encode(), b"[1, 2", b"{'title': 1}",
        b"\xff\xfe", b'{"title": "\xff"}',  # not UTF-8
        b'{"title": "\\ud800"}',  # an unpaired surrogate
        b'{"title": NaN}', b'{"title": "x", "title": "y"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_bodies_that_are_not_json(staff_client: APIClient, body: bytes) -> None:
    response = staff_client.generic("POST", "/api/books", body, content_type="application/json")  # type: ignore[arg-type]  # bytes

    assert parse_problem(response, 422)["detail"].startswith("JSON parse error - ")


@FAILING_URLS
@pytest.mark.parametrize(
    ("name", "status", "detail"),
    [
        ("conflict", 409, "It has changed."),
        ("data", 422, "The database cannot store or compare one of the values."),
        ("database", 503, "The database is unavailable. Try again in a few seconds."),
        ("forbidden", 403, "You do not have permission to perform this action."),
        ("integrity", 409, "It exists already, or another row depends on it."),
        ("interface", 503, "The database is unavailable. Try again in a few seconds."),
        ("no-book", 404, "Book not found"),
        ("no-page", 404, "Not found"),
        ("precondition", 412, "The row has changed."),
        ("protected", 409, "It cannot be deleted while it has books."),
        ("service", 503, "Open Library did not respond."),
        ("throttled", 429, "Request was throttled. Expected available in 42 seconds."),
        ("too-large", 413, "The request body is too large."),
        ("unreadable", 408, "The request body did not arrive in time. Send the request again."),
    ],
)
def test_exceptions_are_mapped(client: APIClient, name: str, status: int, detail: str) -> None:
    response = client.get(f"/api/fail/{name}")

    assert parse_problem(response, status)["detail"] == detail
    assert response.headers.get("Retry-After") == {503: "5", 429: "42"}.get(status)
    assert b"secret" not in response.content


@FAILING_URLS
def test_nested_errors_have_json_pointers(client: APIClient) -> None:
    body = parse_problem(client.get("/api/fail/nested"), 422)

    assert body["errors"] == [
        {"pointer": "/tags/1", "code": "invalid", "detail": "Bad tag."},
        {"pointer": "/a~1b~0c", "code": "invalid", "detail": "Bad name."},
        {"pointer": "", "code": "invalid", "detail": "Bad pair."},
    ]
    assert body["detail"] == "/tags/1: Bad tag.; /a~1b~0c: Bad name.; body: Bad pair."


@FAILING_URLS
def test_errors_of_query_parameters_name_the_parameter(client: APIClient) -> None:
    body = parse_problem(client.get("/api/fail/parameter"), 422)

    assert body["errors"] == [{"parameter": "q", "code": "min_length", "detail": "Too short."}]
    assert body["detail"] == "q: Too short."


def test_unpaired_surrogates_are_escaped() -> None:
    """UTF-8 cannot encode them."""
    assert problem(400, "No \ud800")["detail"] == "No \\ud800"


@FAILING_URLS
@pytest.mark.parametrize("path", ["/api/fail/crash", "/fail/crash"])
def test_a_crash_is_logged_and_not_described(
    quiet_client: APIClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = quiet_client.get(path)

    detail = parse_problem(response, 500)["detail"]
    assert detail == f"An internal error occurred. It was logged as {response['X-Request-ID']}."
    assert b"secret" not in response.content
    assert any(record.levelno == logging.ERROR and record.exc_info for record in caplog.records)


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["RENAME TO gone", "RENAME COLUMN name TO gone"])
def test_a_database_without_migrations(client: Client, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE users_user {change}")

    body = parse_problem(client.get("/users/1"), 503)

    assert body["detail"] == "The database lacks migrations. Run: python manage.py migrate"
