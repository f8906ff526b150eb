"""Invalid requests that every route rejects in the same way."""

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/library/summary?status=read"),
        ("get", "/api/users/me?bogus=1"),
        ("get", "/api/library/1?bogus=1"),
        ("post", "/api/library?bogus=1"),
        ("post", "/api/auth/login?bogus=1"),
    ],
)
def test_unknown_parameters_are_422(ann_client: APIClient, method: str, path: str) -> None:
    response = getattr(ann_client, method)(path)

    assert response.status_code == 422
    assert [error["code"] for error in response.json()["errors"]] == ["unknown"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/save", '{"\\ud800": 1}'), ("/users", '{"\\ud800": 1}'), ("/save", '{"book": 1, "status": "\\ud800"}')],
)
def test_lone_surrogates_are_escaped_in_the_error(client: APIClient, path: str, body: str) -> None:
    response = client.generic("POST", path, body, content_type="application/json")

    assert response.status_code == 422
    assert "\\ud800" in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/users/{}", 404),
        ("get", "/api/books/{}", 404),
        ("get", "/api/library/{}", 404),
        ("get", "/api/users?page={}", 422),
        ("delete", "/delete/{}", 404),
    ],
)
def test_numbers_with_thousands_of_digits(client: APIClient, method: str, path: str, status: int) -> None:
    assert getattr(client, method)(path.format("9" * 4400)).status_code == status


@pytest.mark.parametrize("path", ["/api/search?q=dune&page=1", "/api/books/search?title=x", "/api/library?limit=1"])
def test_unsupported_methods_are_405_despite_parameters(staff_client: APIClient, path: str) -> None:
    assert staff_client.generic("TRACE", path).status_code == 405
