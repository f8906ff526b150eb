"""The log line and the id of each request."""

import json
from io import StringIO

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from core.logs import request_id

pytestmark = pytest.mark.django_db


def request_lines(log: StringIO) -> list[str]:
    return [line for line in log.getvalue().splitlines() if "colophon.requests" in line]


def test_the_text_line_of_a_request(client: APIClient, text_log: StringIO) -> None:
    response = client.get("/api/nothing/here?secret=sesame")

    (line,) = request_lines(text_log)
    assert "GET /api/nothing/here 404 in " in line
    assert line.endswith(f" ms [{response['X-Request-ID']}]")
    assert "sesame" not in text_log.getvalue()
    assert request_id.get() is None


def test_the_json_line_of_a_request(client: APIClient, json_log: StringIO) -> None:
    response = client.get("/api/nothing/here?secret=sesame")

    (line,) = request_lines(json_log)
    record = json.loads(line)
    assert (record["method"], record["path"], record["status"]) == ("GET", "/api/nothing/here", 404)
    assert (record["level"], record["request_id"]) == ("INFO", response["X-Request-ID"])
    assert record["ms"] > 0
    assert "sesame" not in json_log.getvalue()


def test_a_path_cannot_start_a_line(client: APIClient, text_log: StringIO, json_log: StringIO) -> None:
    client.get("/api/%0A2026-01-01 00:00:00 CRITICAL forged")

    for log in (text_log, json_log):
        assert "forged" in log.getvalue()
        assert not [line for line in log.getvalue().splitlines() if line.startswith("2026-01-01 00:00:00")]


@pytest.mark.parametrize(("proxies", "is_used"), [(0, False), (1, True)])
def test_only_a_proxy_may_choose_the_id(client: APIClient, settings: Settings, proxies: int, is_used: bool) -> None:
    settings.NUM_PROXIES = proxies

    response = client.get("/", headers={"X-Request-ID": "id-of-the-proxy"})

    assert (response["X-Request-ID"] == "id-of-the-proxy") is is_used


@pytest.mark.parametrize("value", ["no id\r", "short", "x" * 65, "ünicode-id"])
def test_malformed_ids_are_replaced(client: APIClient, settings: Settings, value: str) -> None:
    settings.NUM_PROXIES = 1

    response = client.get("/", headers={"X-Request-ID": value})

    assert response.status_code == 200
    assert response["X-Request-ID"] != value


@pytest.mark.parametrize("path", ["/books/", "/api/books/", "/api/books/?limit=1"])
def test_a_trailing_slash_is_ignored(client: APIClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_admin_keeps_its_slashes(client: APIClient) -> None:
    assert client.get("/admin/login/").status_code == 200
