"""Error pages: what happened and what to do, in the frame of the pages. They need neither database nor session."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as project
from django.test import Client, RequestFactory
from rest_framework.exceptions import Throttled

from core.api.problem_details import respond_to_error
from tests.support.factories import make_book, make_user
from tests.web.pages import BROWSER, parse, text_of
from web.templatetags.problems import describe_seconds

FAILING_URLS = pytest.mark.urls("tests.core.api.failing_urls")


def browse(path: str, method: str = "GET", **options: Any) -> Any:
    """The response to a browser whose cookie names a session, which needs the database to be read."""
    client = Client(raise_request_exception=False, **options)
    client.cookies[project.SESSION_COOKIE_NAME] = "a" * 32
    return client.generic(method, path, headers=BROWSER)


def assert_frame(response: Any, status: int) -> BeautifulSoup:
    page = parse(response)
    assert response.status_code == status
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert text_of(page, ".code") == str(status)
    assert text_of(page, "title") == f"{text_of(page, 'h1')} – Colophon"
    assert page.select("header.top input[type=search]")
    assert page.select("meta[name=robots][content=noindex]")
    return page


@FAILING_URLS
@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("malformed", 400, "Go back and try again."),
        ("forbidden", 403, "sign in with an account that has the permission"),
        ("no-page", 404, "Check the address"),
        ("data", 422, "Correct the address"),
        ("crash", 500, "send this number to the operator"),
        ("database", 503, "Try again in 5 seconds."),
    ],
)
def test_errors_state_what_to_do(name: str, status: int, text: str) -> None:
    page = assert_frame(browse(f"/fail/{name}"), status)

    assert text in text_of(page, "main")
    assert "secret" not in str(page)


@FAILING_URLS
def test_a_crash_names_the_line_of_the_log() -> None:
    response = browse("/fail/crash")

    assert response["X-Request-ID"] in text_of(parse(response), "main")


@FAILING_URLS
def test_an_outage_has_a_time_to_wait_for_people_and_programs() -> None:
    response = browse("/fail/database")

    assert response["Retry-After"] == "5"
    assert parse(response).select("a[href='']")
    assert Client(raise_request_exception=False).get("/fail/database")["Retry-After"] == "5"


def test_too_many_requests() -> None:
    """The pages of the search state this in their results (test_search.py)."""
    response = respond_to_error(RequestFactory().get("/find", headers=BROWSER), Throttled(wait=90))

    page = assert_frame(response, 429)
    assert response["Retry-After"] == "90"
    assert "Try again in 90 seconds." in text_of(page, "main")


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 second"), (119, "119 seconds"), (121, "3 minutes"), (3600, "1 hour")]
)
def test_waiting_times_in_words(seconds: int, text: str) -> None:
    assert describe_seconds(seconds) == text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/sign-out", "POST, OPTIONS"),
        ("POST", "/catalogue", "GET, HEAD, OPTIONS"),
        ("POST", "/robots.txt", "GET, HEAD"),
        ("PUT", "/find/save", "POST, OPTIONS"),
    ],
)
def test_unsupported_methods(method: str, path: str, allowed: str) -> None:
    response = browse(path, method)

    assert_frame(response, 405)
    assert response["Allow"] == allowed
    problem = Client().generic(method, path)
    assert (problem.status_code, problem["Content-Type"]) == (405, "application/problem+json")
    assert problem["Allow"] == allowed


@pytest.mark.django_db
def test_expired_forms() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    response = client.post(f"/book/{make_book().pk}/library", {"status": "read"}, headers=BROWSER)

    page = assert_frame(response, 403)
    assert "Reload the page and retry" in text_of(page, "main")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing", "/book/999999", "/catalogue?page=99", "/catalogue/as/table", "/author/9"])
def test_unknown_addresses(path: str) -> None:
    assert_frame(browse(path), 404)
    assert Client().get(path)["Content-Type"] == "application/problem+json"
