"""Errors outside the API's views, as a problem document or as an HTML page for browsers."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

FAILING_URLS = pytest.mark.urls("tests.core.api.failing_urls")
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ERRORS = [
    ("malformed", 400, "The request is malformed."),
    ("forbidden", 403, "You do not have permission to do this."),
    ("no-page", 404, "No page exists at this address. The API starts at /api/."),
    ("too-large", 413, "The request body is too large."),
    ("unreadable", 408, "The request body did not arrive in time. Send the request again."),
    ("database", 503, "The database is unavailable. Try again in a few seconds."),
]


@pytest.fixture
def quiet_client(client: APIClient) -> APIClient:
    """A client that returns a 500 response instead of raising the view's exception."""
    client.raise_request_exception = False
    return client


@FAILING_URLS
@pytest.mark.parametrize(("name", "status", "detail"), ERRORS)
def test_programs_get_a_problem_document(quiet_client: APIClient, name: str, status: int, detail: str) -> None:
    response = quiet_client.get(f"/fail/{name}")

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (response.json()["status"], response.json()["detail"]) == (status, detail)
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert b"secret" not in response.content


@FAILING_URLS
@pytest.mark.parametrize(("name", "status", "detail"), ERRORS)
def test_browsers_get_a_page(quiet_client: APIClient, name: str, status: int, detail: str) -> None:
    response = quiet_client.get(f"/fail/{name}", headers=BROWSER)

    assert (response.status_code, response["Content-Type"]) == (status, "text/html; charset=utf-8")
    page = response.content.decode()
    assert f'<p class="code">{status}</p>' in page
    assert f"<p>{detail}</p>" in page
    assert "secret" not in page


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json, text/html;q=0.5", "no media type", "", "text/html; charset*=unknown''x"]
)
def test_only_browsers_get_pages(client: APIClient, accept: str) -> None:
    response = client.get("/nowhere", headers={"Accept": accept})

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_unknown_hosts_are_rejected(client: APIClient) -> None:
    response = client.get("/", headers={"Host": "evil.example"})

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.django_db
def test_the_browsable_api_shows_problems() -> None:
    response = Client(headers=BROWSER).get("/api/books?limt=1")

    assert response.status_code == 422
    assert response["Content-Type"].startswith("text/html")
    assert "Did you mean" in response.content.decode()
