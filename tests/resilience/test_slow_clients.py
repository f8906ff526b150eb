"""Clients that send slowly or incompletely: they block no other client, and no partial body is processed."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
import requests

from tests.resilience.load import Client
from tests.security.hostile import JSON
from tests.support.raw_http import open_connection, parse_status, request_head, send_raw
from tests.support.service_process import ServiceProcess

pytestmark = pytest.mark.xdist_group("hostile bodies")


def incomplete_registration(name: str) -> bytes:
    """A valid registration with a Content-Length above the length of the body."""
    body = json.dumps({"name": name, "email": f"{name.lower()}@example.org", "age": 1}).encode()
    return request_head("POST", "/api/users", f"Content-Type: {JSON}", f"Content-Length: {len(body) + 500}") + body


def list_user_names(server: ServiceProcess) -> set[str]:
    response = requests.get(f"{server.address}api/users", timeout=10)
    assert response.status_code == 200
    return {user["name"] for user in response.json()}


def assert_catalogue_responds(client: Client) -> None:
    for number in range(20):
        assert client.request("GET", f"/api/books?limit={number + 1}")[0] == 200


def test_incomplete_bodies_are_not_processed(target_server: ServiceProcess) -> None:
    with open_connection(target_server) as connection:
        connection.sendall(incomplete_registration("Incomplete"))
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65_536)

    assert "Incomplete" not in list_user_names(target_server)


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/library/1/readings"), ("PATCH", "/api/users/me")])
def test_stalled_bodies_time_out(
    target_server: ServiceProcess, superuser_headers: dict[str, str], framing: str, method: str, path: str
) -> None:
    """Both routes accept an empty body, so a stalled body must not be read as an empty one."""
    authorization = f"Authorization: {superuser_headers['Authorization']}"
    head = request_head(method, path, f"Content-Type: {JSON}", framing, authorization)

    response = send_raw(target_server, head, b"40\r\n{")

    assert parse_status(response) == 408
    assert b"application/problem+json" in response


@pytest.mark.slow
def test_stalled_heads_time_out(target_server: ServiceProcess) -> None:
    head = b"GET /api/books HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:"

    assert parse_status(send_raw(target_server, head, timeout=40)) in {0, 408}
    assert send_raw(target_server, b"", timeout=40) == b""


@pytest.mark.parametrize("clients", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_slow_bodies_block_no_other_clients(target_server: ServiceProcess, clients: int) -> None:
    with send_slow_bodies(target_server, clients), closing(Client(target_server.address, timeout=10)) as client:
        assert_catalogue_responds(client)


@contextmanager
def send_slow_bodies(server: ServiceProcess, clients: int) -> Iterator[None]:
    """Unfinished bodies of this many clients, which send one byte each 0.1 s."""
    stop, started = threading.Event(), threading.Semaphore(0)

    def drip() -> None:
        with open_connection(server) as connection, suppress(OSError):
            connection.sendall(request_head("POST", "/api/users", f"Content-Type: {JSON}", "Content-Length: 1000"))
            started.release()
            while not stop.wait(0.1):
                connection.sendall(b" ")

    with ThreadPoolExecutor(clients) as threads:
        for _ in range(clients):
            threads.submit(drip)
        try:
            assert all(started.acquire(timeout=30) for _ in range(clients))
            yield
        finally:
            stop.set()


def test_clients_that_do_not_read_block_no_other_clients(target_server: ServiceProcess) -> None:
    large = request_head("GET", "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(open_connection(target_server)).sendall(large)
        client = stack.enter_context(closing(Client(target_server.address, timeout=10)))
        assert_catalogue_responds(client)


@pytest.mark.slow
def test_disconnected_clients_release_their_threads(target_server: ServiceProcess) -> None:
    for _ in range(200):  # waiting a second for each in the eight threads would exceed the timeout below
        with open_connection(target_server) as connection:
            connection.sendall(incomplete_registration("Gone"))

    for _ in range(2):
        assert "Gone" not in list_user_names(target_server)
        time.sleep(1.5)  # longer than BODY_SECONDS
    user = {"name": "After", "email": "after@example.org", "age": 1}
    assert requests.post(f"{target_server.address}api/users", json=user, timeout=10).status_code == 201
