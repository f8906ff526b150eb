"""The schema is rendered once in a process."""

from collections import Counter
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from core.api import documentation


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counter: Counter[str] = Counter()
    get_schema: Any = SchemaGenerator.get_schema

    def count(*arguments: Any, **options: Any) -> Any:
        counter["schema"] += 1
        return get_schema(*arguments, **options)

    documentation.render_schema.cache_clear()
    monkeypatch.setattr(SchemaGenerator, "get_schema", count)
    return counter


def test_schema_is_rendered_once_for_each_format(client: APIClient, renderings: Counter[str]) -> None:
    for _ in range(3):
        yaml = client.get("/api/schema")
        json = client.get("/api/schema?format=json")
        assert client.get("/api/schema", HTTP_ACCEPT="application/vnd.oai.openapi").content == yaml.content
    assert renderings["schema"] == 2
    assert yaml["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
    assert json["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.headers["Content-Disposition"] == 'inline; filename="Colophon.json"'
    assert json.json()["openapi"].startswith("3.")


def test_query_parameters_do_not_render_the_schema_again(client: APIClient, renderings: Counter[str]) -> None:
    for number in range(5):
        assert client.get(f"/api/schema?lang=de&version={number}").status_code == 200
    assert renderings["schema"] == 1


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/api/schema", "text/plain; charset=utf-8"), ("/api/schema?format=json", "application/json")],
)
@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"])
def test_browsers_show_the_schema(client: APIClient, accept: str, path: str, content_type: str) -> None:
    """They download a type that they do not know."""
    response = client.get(path, HTTP_ACCEPT=accept)

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("inline")
    assert response["Vary"].startswith("Accept")
    assert b"openapi" in response.content[:20]


@pytest.mark.parametrize("accept", ["application/problem+json", "application/problem+json; q=0.9, text/csv"])
def test_clients_that_accept_problem_documents_are_served(member_client: APIClient, accept: str) -> None:
    """Swagger UI sends this header for operations that return nothing, such as a deletion."""
    assert member_client.post("/api/auth/logout", headers={"Accept": accept}).status_code == 204
    assert member_client.get("/api/library/999", headers={"Accept": accept}).status_code == 404


def test_redoc_loads_nothing_from_other_hosts(client: APIClient) -> None:
    page = client.get("/api/redoc").content.decode()
    script = client.get("/api/redoc.js")

    assert '<script src="/api/redoc.js">' in page
    assert "cdn.redoc.ly" not in page
    assert b"Redoc" in script.content
    assert b"cdn.redoc.ly" not in script.content
    assert b"/static/colophon/mark.svg" in script.content
