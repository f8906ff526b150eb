"""Clients that send their bodies slowly, in part or not at all: nobody else waits for them, nothing half is written."""

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
from tests.support.raw_http import connected, head, raw, status
from tests.support.running import Running

pytestmark = pytest.mark.xdist_group("hostile bodies")


def test_a_body_that_breaks_off_writes_nothing(attacked: Running) -> None:
    whole = json.dumps({"name": "Broken off", "email": "broken@example.org", "age": 1}).encode()
    asked = head("POST", "/api/users", f"Content-Type: {JSON}", f"Content-Length: {len(whole) + 500}")

    with connected(attacked) as connection:
        connection.sendall(asked + whole)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65_536)

    people = requests.get(f"{attacked.address}api/users", timeout=10).json()
    assert "Broken off" not in {user["name"] for user in people}


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/library/1/readings"), ("PATCH", "/api/users/me")])
def test_a_body_that_does_not_come_whole_is_no_empty_one(
    attacked: Running, boss: dict[str, str], framing: str, method: str, path: str
) -> None:
    slow = head(method, path, f"Content-Type: {JSON}", framing, f"Authorization: {boss['Authorization']}")

    answer = raw(attacked, slow, b"40\r\n{")

    assert status(answer) == 408
    assert b"application/problem+json" in answer


def test_a_head_that_does_not_come_whole_is_let_go(attacked: Running) -> None:
    assert status(raw(attacked, b"GET /api/books HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:", patience=40)) in {0, 408}
    assert raw(attacked, b"", patience=40) == b""


def test_slow_clients_hold_up_nobody(attacked: Running) -> None:
    with slow_bodies(attacked, 200), closing(Client(attacked.address, patience=10)) as client:
        for number in range(20):
            assert client.ask("GET", f"/api/books?limit={number + 1}")[0] == 200


@contextmanager
def slow_bodies(attacked: Running, clients: int) -> Iterator[None]:
    """So many bodies on their way, each as slow as it may be."""
    over, under_way = threading.Event(), threading.Semaphore(0)

    def drip() -> None:
        with connected(attacked) as connection, suppress(OSError):
            connection.sendall(head("POST", "/api/users", f"Content-Type: {JSON}", "Content-Length: 1000"))
            under_way.release()
            while not over.wait(0.1):
                connection.sendall(b" ")

    with ThreadPoolExecutor(clients) as threads:
        for _ in range(clients):
            threads.submit(drip)
        try:
            assert all(under_way.acquire(timeout=30) for _ in range(clients))
            yield
        finally:
            over.set()


def test_clients_that_do_not_read_hold_up_nobody(attacked: Running) -> None:
    large = head("GET", "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(connected(attacked)).sendall(large)
        client = stack.enter_context(closing(Client(attacked.address, patience=10)))
        for number in range(20):
            assert client.ask("GET", f"/api/books?limit={number + 1}")[0] == 200


def test_clients_that_go_away_mid_body_write_nothing_and_hold_nothing(attacked: Running) -> None:
    whole = json.dumps({"name": "Gone", "email": "gone@example.org", "age": 1}).encode()
    asked = head("POST", "/api/users", f"Content-Type: {JSON}", f"Content-Length: {len(whole) + 100}")
    for _ in range(200):  # more than could be waited for within the patience below, a second each in eight threads
        with connected(attacked) as connection:
            connection.sendall(asked + whole)

    for _ in range(2):
        people = requests.get(f"{attacked.address}api/users", timeout=10).json()
        assert "Gone" not in {user["name"] for user in people}
        time.sleep(1.5)  # by then every body's time is over
    new = {"name": "After", "email": "after@example.org", "age": 1}
    assert requests.post(f"{attacked.address}api/users", json=new, timeout=10).status_code == 201
