"""One shape for every error, on every path."""

import logging
from typing import Any, NoReturn

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

import config.urls
from core.api.problem_details import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class Breaks(APIView):
    """Fails in the way that the query names."""

    def get(self, request: Request) -> Response:
        failures = {
            "crash": RuntimeError("the secret of the house"),
            "database": OperationalError("connection to postgresql://user:pw@host failed"),
            "forbidden": PermissionDenied(),
            "throttled": Throttled(wait=41.2),
        }
        raise failures[request.query_params["how"]]


def breaks_outside_the_api(request: HttpRequest) -> NoReturn:
    raise OperationalError("server closed the connection") if "database" in request.GET else RuntimeError("secret")


urlpatterns = [*config.urls.urlpatterns, path("api/breaks", Breaks.as_view()), path("breaks", breaks_outside_the_api)]


def problem(answer: Any, status: int) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def quiet_client(client: APIClient) -> APIClient:
    client.raise_request_exception = False
    return client


@pytest.mark.django_db
def test_the_usual_refusals(client: APIClient, staff_client: APIClient) -> None:
    problem(client.get("/nowhere"), 404)
    problem(client.get("/api/nowhere/"), 404)
    problem(client.get("/books/1"), 404)
    problem(client.post("/books/search"), 401)
    problem(client.post("/"), 405)
    problem(staff_client.delete("/api/books"), 405)
    problem(client.get("/books", HTTP_ACCEPT="image/png"), 406)
    problem(staff_client.post("/api/books", "title=x", content_type="application/x-www-form-urlencoded"), 415)


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["{", '{"title": "x"', "\ufeff", "[1, 2", "{'title': 1}"])
def test_a_body_that_is_not_json(staff_client: APIClient, body: str) -> None:
    problem(staff_client.generic("POST", "/api/books", body, content_type="application/json"), 422)


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["\xff\xfe", '{"title": "\xff"}'])
def test_a_body_that_is_not_utf8(staff_client: APIClient, body: str) -> None:
    sent = staff_client.post("/api/books", body.encode("latin-1"), content_type="application/json")

    problem(sent, 422)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/api/breaks?how=crash", "/breaks"])
def test_a_crash_tells_nothing_and_is_logged(
    quiet_client: APIClient, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = quiet_client.get(address)

    problem(answer, 500)
    assert b"secret" not in answer.content
    assert any(record.levelno == logging.ERROR and record.exc_info for record in caplog.records)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/api/breaks?how=database", "/breaks?database"])
def test_an_unreachable_database_is_503_and_worth_another_try(quiet_client: APIClient, address: str) -> None:
    answer = quiet_client.get(address)

    problem(answer, 503)
    assert answer["Retry-After"] == "5"
    assert b"postgresql" not in answer.content


@pytest.mark.urls(__name__)
def test_forbidden_and_throttled(client: APIClient) -> None:
    problem(client.get("/api/breaks?how=forbidden"), 403)
    throttled = client.get("/api/breaks?how=throttled")
    problem(throttled, 429)
    assert throttled["Retry-After"] == "42"


def test_a_host_that_is_not_ours_is_refused(client: APIClient) -> None:
    problem(client.get("/", HTTP_HOST="evil.example"), 400)


@pytest.mark.django_db
def test_a_browser_sees_the_problem_as_a_page() -> None:
    browser = Client(headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    lost = browser.get("/nowhere")
    assert lost.status_code == 404
    assert "<h1>404 Not Found</h1>" in lost.content.decode()

    wrong = browser.get("/api/books?limt=1")
    assert wrong.status_code == 422
    assert wrong["Content-Type"].startswith("text/html")
    assert "Did you mean" in wrong.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["RENAME TO gone", "RENAME COLUMN name TO gone"])
def test_a_database_without_its_migrations_says_what_to_do(client: Client, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE users_user {change}")

    answer = client.get("/users/1")

    assert answer.status_code == 503
    assert answer.json()["detail"] == "The database lacks migrations. Run: python manage.py migrate"
