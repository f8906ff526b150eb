"""Requests that show whether a service and its database are available."""

import time
import urllib.error
import urllib.request
from email.message import Message

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


def assert_recovers(address: str) -> None:
    deadline = time.monotonic() + 30
    while list_statuses(address) != [200] * len(PATHS):
        assert time.monotonic() < deadline, "The service did not recover within 30 s."
    for _ in range(20):
        assert list_statuses(address) == [200] * len(PATHS)
