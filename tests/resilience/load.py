"""Load from many concurrent clients, each with its own connection."""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

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
