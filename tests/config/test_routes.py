"""Health checks, trailing slashes, paths of earlier versions, and the documentation."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from config.urls import api
from tests.support.factories import make_book
from tests.support.installation import ROOT

pytestmark = pytest.mark.django_db


def test_liveness_response(client: APIClient) -> None:
    response = client.get("/")

    assert response.json() == {"status": "ok"}
    assert response["Content-Type"] == "application/json"


def test_liveness_uses_no_database(client: APIClient) -> None:
    with connection.execute_wrapper(lambda *_: pytest.fail("a query")):
        assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_the_links_of_the_home_page_exist() -> None:
    page = Client(headers={"Accept": "text/html,*/*;q=0.8"}).get("/").content.decode()

    assert finders.find("web/style.css")
    links = re.findall(r'href="(/(?!static/)[^"]*)"', page)
    assert links
    for link in links:
        assert Client().get(link).status_code in {200, 302}, link


def test_readiness_requires_migrations(client: APIClient) -> None:
    assert client.get("/ready").json() == {"status": "ready"}

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'books'")
    response = client.get("/ready")

    assert response.status_code == 503
    assert response["Retry-After"]
    assert "manage.py migrate" in response.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/api", "/books", "/books/search?title=xyz", "/api/books/{id}", "/api/docs", "/ready"]
)
def test_trailing_slashes_are_optional(client: APIClient, path: str) -> None:
    path = path.format(id=make_book(title="x").pk)
    slashed = path.replace("?", "/?") if "?" in path else f"{path}/"

    assert client.get(path).status_code == client.get(slashed).status_code == 200


def test_api_root_links_to_the_lists(staff_client: APIClient) -> None:
    body = staff_client.get("/api/").json()
    statuses = {name: staff_client.get(address).status_code for name, address in body.items()}

    assert {"books", "authors", "categories", "users", "library", "scrape-runs"} <= set(body)
    assert {"me", "search", "book-search", "library-summary", "docs", "redoc", "schema", "ready"} <= set(body)
    assert {name for name, status in statuses.items() if status != 200} == {"login", "logout", "logout-all"}
    assert {statuses[name] for name in ("login", "logout", "logout-all")} == {405}  # POST only


def test_api_root_links_to_every_list_and_export(staff_client: APIClient) -> None:
    lists = {f"/api/{prefix}" for prefix, _, _ in api.registry if "(" not in prefix}

    addresses = {urlsplit(address).path for address in staff_client.get("/api/").json().values()}

    assert {*lists, "/api/books/export", "/api/prices/export"} <= addresses


def test_api_root_is_titled(client: APIClient) -> None:
    page = client.get("/api/", HTTP_ACCEPT="text/html").content.decode()

    assert "<h1>Colophon API</h1>" in page
    assert "<p>The entry points of the API. <code>docs</code>" in page


def test_committed_schema_is_current_and_has_canonical_paths(tmp_path: Path) -> None:
    generated = tmp_path / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(generated))

    assert generated.read_text() == (ROOT / "schema.yaml").read_text()
    paths = re.findall(r"^  (/\S*):$", generated.read_text(), re.MULTILINE)
    assert paths
    assert all(path.startswith("/api/") for path in paths)


@pytest.mark.parametrize("path", ["/docs", "/api/docs", "/api/redoc"])
def test_documentation_loads_no_external_resources(client: APIClient, path: str) -> None:
    page = client.get(path).content.decode()

    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page)
    assets = re.findall(r'(?:src|href)="(/static/[^"]*)"', page)
    assert assets


def test_schema_is_served(client: APIClient) -> None:
    response = client.get("/api/schema", HTTP_ACCEPT="application/json")

    assert response.json()["openapi"].startswith("3.")


def test_browsable_api_has_no_select_boxes(staff_client: APIClient) -> None:
    book = make_book(title="Only once", authors=["Ann"])

    for path in ("/api/books", f"/api/books/{book.pk}"):
        page = staff_client.get(path, HTTP_ACCEPT="text/html").content.decode()
        assert "<textarea" in page
        assert 'name="authors"' not in page
