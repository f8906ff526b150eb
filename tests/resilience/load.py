"""Many clients at once, each with a connection of its own, and what they were told."""

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
Told = tuple[int, Any]
GoesOn = Callable[[], bool]


class Client:
    """Keeps its connection, and opens another where that one broke."""

    def __init__(self, address: str, patience: float = 60) -> None:
        place = urlsplit(address)
        self.connection = HTTPConnection(str(place.hostname), place.port, timeout=patience)

    def close(self) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Told:
        """Status and JSON; status 0 where no answer came."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        except (OSError, HTTPException):
            self.connection.close()
            return 0, None


def together(clients: int, seconds: float, work: Callable[[int, GoesOn], None]) -> None:
    """Runs `work(number, goes_on)` in as many threads, for so long. Raises what one of them raised."""
    end = time.monotonic() + seconds
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number, lambda: time.monotonic() < end and not failures)
        except BaseException as error:  # noqa: BLE001  told below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def say(figures: str) -> None:
    """Into pytest's report, which workers write for themselves: `make reliability` shows it."""
    print(figures, file=sys.__stderr__, flush=True)


def counted(told: list[Told]) -> Counter[int]:
    return Counter(status for status, _ in told)
