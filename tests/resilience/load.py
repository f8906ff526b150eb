"""Load from many concurrent clients, each with its own connection."""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

SECONDS = float(os.environ.get("SECONDS_OF_LOAD", "6"))
Response = tuple[int, Any]  # status and JSON body
ShouldContinue = Callable[[], bool]


class Client:
    """An HTTP client with a persistent connection. It reconnects after an error."""

    def __init__(self, address: str, timeout: float = 60) -> None:
        parts = urlsplit(address)
        self.connection = HTTPConnection(str(parts.hostname), parts.port, timeout=timeout)

    def close(self) -> None:
        self.connection.close()

    def request(self, method: str, path: str, body: Any = None, token: str | None = None) -> Response:
        """The status is 0 if the connection failed."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = self.connection.getresponse()
            content = response.read()
            return response.status, json.loads(content) if content else None
        except (OSError, HTTPException):
            self.connection.close()
            return 0, None


def run_clients(clients: int, seconds: float, work: Callable[[int, ShouldContinue], None]) -> None:
    """Calls `work(number, should_continue)` in that many threads. Raises the first exception of a thread."""
    end = time.monotonic() + seconds
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number, lambda: time.monotonic() < end and not failures)
        except BaseException as error:  # noqa: BLE001  raised again below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def report_figures(figures: str) -> None:
    """Prints past pytest's capturing, so that `make reliability` shows the figures."""
    print(figures, file=sys.__stderr__, flush=True)


def count_statuses(responses: list[Response]) -> Counter[int]:
    return Counter(status for status, _ in responses)


class Load:
    """Clients that register users, read them back, and read a catalogue of `books`. Records all responses."""

    def __init__(self, *, books: int = 0) -> None:
        self.books = books
        self.responses: list[Response] = []
        self.users: dict[int, str] = {}  # e-mail address by id, of acknowledged registrations
        self.wrong: list[Response] = []
        self.lock = threading.Lock()

    def run(self, address: str, clients: int, seconds: float) -> None:
        run_clients(clients, seconds, lambda _, should_continue: self._run_client(address, should_continue))

    def _run_client(self, address: str, should_continue: ShouldContinue) -> None:
        with closing(Client(address)) as client:
            while should_continue():
                self._register(client)
                status, page = self._get(client, "/api/books?limit=1")
                if status == 200 and (page["count"], len(page["results"])) != (self.books, min(self.books, 1)):
                    self.wrong.append((status, page))

    def _register(self, client: Client) -> None:
        email = f"{uuid4().hex}@example.org"
        status, user = response = client.request("POST", "/api/users", {"name": "New", "email": email, "age": 30})
        self.responses.append(response)
        if status != 201:
            return
        with self.lock:
            self.users[user["id"]] = email
        status, stored = self._get(client, f"/api/users/{user['id']}")
        if status not in {200, 503} or (status == 200 and stored["email"] != email):
            self.wrong.append((status, stored))

    def _get(self, client: Client, path: str) -> Response:
        response = client.request("GET", path)
        self.responses.append(response)
        return response

    def assert_correct(self, stored: dict[int, str]) -> None:
        statuses = count_statuses(self.responses)
        assert set(statuses) <= {200, 201, 503}, statuses
        assert all(body["status"] == 503 for status, body in self.responses if status == 503)
        assert not self.wrong, self.wrong[:3]
        assert self.users.items() <= stored.items()
