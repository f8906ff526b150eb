"""What is refused alike on every path."""

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/api/library/summary?status=read", "/api/users/me?bogus=1", "/api/library/1?bogus=1"]
)
def test_unknown_parameters_are_refused_everywhere(ann: APIClient, path: str) -> None:
    assert ann.get(path).status_code == 422
    assert ann.post("/api/library?bogus=1", {}).status_code == 422
    assert ann.post("/api/auth/login?bogus=1", {}).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [("/save", '{"\\ud800": 1}'), ("/users", '{"\\ud800": 1}'), ("/save", '{"book": 1, "status": "\\ud800"}')],
)
def test_half_a_character_is_refused_and_shown_escaped(client: APIClient, path: str, body: str) -> None:
    answer = client.generic("POST", path, body, content_type="application/json")

    assert answer.status_code == 422
    assert "\\ud800" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/api/users/", "/api/books/", "/api/library/", "/api/books/1/prices?page=", "/delete/"]
)
def test_an_absurdly_long_number_is_no_crash(client: APIClient, path: str) -> None:
    method = client.delete if path == "/delete/" else client.get

    assert method(f"{path}{'9' * 4400}").status_code in {404, 422}


@pytest.mark.parametrize("path", ["/api/search?q=dune&page=1", "/api/books/search?title=x", "/api/library?limit=1"])
def test_a_method_that_is_not_there_is_405_whatever_the_parameters(staff_client: APIClient, path: str) -> None:
    assert staff_client.generic("TRACE", path).status_code == 405
