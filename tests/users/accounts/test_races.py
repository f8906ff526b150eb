"""Simultaneous registrations over real HTTP."""

import json
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.installation import Installation
from tests.support.service_process import run_service


def vary_case(text: str, number: int) -> str:
    """Writes a letter in upper case if the bit at its index is set in the number."""
    return "".join(letter.upper() if number >> index & 1 else letter for index, letter in enumerate(text))


def register(address: str, number: int) -> int:
    """Registers the same e-mail address in different cases; returns the status."""
    body = {"name": f"Client {number}", "email": vary_case("same@example.org", number), "age": 30}
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}users", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_of_fifty_registrations_of_one_email_one_succeeds(tmp_path: Path, installation: Installation) -> None:
    with run_service("serve", tmp_path, DATABASE_URL=installation.environment["DATABASE_URL"]) as service:
        service.wait_for_line("Colophon serves on")
        with ThreadPoolExecutor(50) as clients:
            statuses = Counter(clients.map(lambda number: register(service.address, number), range(50)))

    assert statuses == {201: 1, 409: 49}
    assert installation.query("SELECT count(*) FROM users_user") == [(1,)]
