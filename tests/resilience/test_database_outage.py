"""The database server goes away under a running web process, and comes back."""

import json
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from tests.support.postgresql_server import PROGRAMS, own_server
from tests.support.running import running

PATHS = ["books", "users", "books/search?title=xyz", "api/categories", "ready"]


def ask(address: str) -> tuple[int, "Message[str, str]", str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read().decode()


@pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL's server programs are not installed")
def test_an_outage_is_503_and_heals_by_itself(tmp_path: Path) -> None:
    with own_server() as server, running("serve", tmp_path, DATABASE_URL=server.url) as started:
        started.line_with("Colophon serves on")
        for path in PATHS:
            assert ask(started.address + path)[0] == 200

        server.stop()
        for path in PATHS:
            status, headers, text = ask(started.address + path)
            assert (status, headers.get_content_type()) == (503, "application/problem+json"), text
            assert int(headers["Retry-After"]) > 0
            assert json.loads(text)["status"] == 503
            assert "127.0.0.1" not in text
        assert ask(started.address)[0] == 200  # the process itself is up

        server.start()
        deadline = time.monotonic() + 30
        while any(ask(started.address + path)[0] != 200 for path in PATHS):
            assert time.monotonic() < deadline, "it did not heal"
        for _ in range(20):
            assert [ask(started.address + path)[0] for path in PATHS] == [200] * len(PATHS)
