"""An outage of the database server under a running web process."""

import json
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from tests.support.postgresql_server import PROGRAM_FOLDERS, run_postgresql_server
from tests.support.service_process import run_service

PATHS = ["books", "users", "books/search?title=xyz", "api/categories", "ready"]


def request(address: str) -> tuple[int, "Message[str, str]", str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def list_statuses(address: str) -> list[int]:
    return [request(address + path)[0] for path in PATHS]


@pytest.mark.slow
@pytest.mark.skipif(not PROGRAM_FOLDERS, reason="The server programs of PostgreSQL are not installed")
def test_outages_return_503_until_the_database_is_back(tmp_path: Path) -> None:
    with run_postgresql_server() as database, run_service("serve", tmp_path, DATABASE_URL=database.url) as service:
        service.wait_for_line("Colophon serves on")
        assert list_statuses(service.address) == [200] * len(PATHS)

        database.stop()
        for path in PATHS:
            status, headers, text = request(service.address + path)
            assert (status, headers.get_content_type()) == (503, "application/problem+json"), text
            assert int(headers["Retry-After"]) > 0
            assert json.loads(text)["status"] == 503
            assert "127.0.0.1" not in text
        assert request(service.address)[0] == 200  # the liveness check does not use the database

        database.start()
        deadline = time.monotonic() + 30
        while list_statuses(service.address) != [200] * len(PATHS):
            assert time.monotonic() < deadline, "The service did not recover within 30 s."
        for _ in range(20):
            assert list_statuses(service.address) == [200] * len(PATHS)
