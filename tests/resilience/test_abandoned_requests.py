"""Clients that do not wait for their responses, and more requests than the queue holds.

The server has one thread, which a search in a hanging Open Library occupies for seconds.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from config.rsgi import MAX_WAITING
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.resilience.load import Client
from tests.support.raw_http import open_connection, parse_status
from tests.support.service_process import ServiceProcess, run_service

pytestmark = [pytest.mark.xdist_group("load"), pytest.mark.slow]


@pytest.fixture
def busy_service(tmp_path: Path) -> Iterator[ServiceProcess]:
    open_library = OpenLibrary()
    open_library.fault = "hang"
    with (
        serving(open_library) as url,
        run_service("serve", tmp_path, OPENLIBRARY_URL=url, WEB_THREADS="1", CONTACT="tests@example.org") as service,
    ):
        service.wait_for_line("Colophon serves on")
        search = threading.Thread(target=lambda: service.get("api/search?q=hanging"))
        search.start()
        while not open_library.requests:
            pass
        yield service
        search.join()


def message(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    framing = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{head}{framing}\r\n".encode() + body


def abandon(service: ServiceProcess, *requests: bytes) -> None:
    """Disconnects when the server has read the requests: it serves the liveness check after them."""
    with ExitStack() as stack:
        for request in requests:
            stack.enter_context(open_connection(service)).sendall(request)
        assert service.get("") == {"status": "ok"}


def test_abandoned_reads_are_skipped_and_writes_are_executed(busy_service: ServiceProcess) -> None:
    user = json.dumps({"name": "Gone", "email": "gone@example.org", "age": 30}).encode()
    reads = [message("GET", f"/api/books?limit={1 + number % 100}") for number in range(MAX_WAITING)]

    abandon(busy_service, message("POST", "/api/users", user), *reads)

    lines = [busy_service.wait_for_line("GET /api/books 499")]
    with closing(Client(busy_service.address)) as client:
        while not (users := client.request("GET", "/api/users")[1]):
            lines.append(busy_service.output.read())
    assert [user["name"] for user in users] == ["Gone"]
    assert "GET /api/books 200" not in "".join(lines)


def test_requests_over_the_bound_are_rejected(busy_service: ServiceProcess) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(open_connection(busy_service, timeout=60)) for _ in range(MAX_WAITING + 20)]
        for connection in connections:
            connection.sendall(message("GET", "/api/books"))
        assert busy_service.get("") == {"status": "ok"}  # liveness has a thread of its own
        responses = [connection.recv(65_536) for connection in connections]

    rejected = [response.lower() for response in responses if parse_status(response) == 503]
    assert len(rejected) == 20
    assert sum(parse_status(response) == 200 for response in responses) == MAX_WAITING
    assert all(b"retry-after: " in response for response in rejected)
    assert all(b"content-type: application/problem+json" in response for response in rejected)
