"""Simultaneous registrations and password guesses over real HTTP."""

import json
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.installation import Installation
from tests.support.service_process import free_port, run_service


def vary_case(text: str, number: int) -> str:
    """Writes a letter in upper case if the bit at its index is set in the number."""
    return "".join(letter.upper() if number >> index & 1 else letter for index, letter in enumerate(text))


def register(address: str, number: int) -> int:
    """Registers the same e-mail address in different cases; returns the status."""
    body = {"name": f"Client {number}", "email": vary_case("same@example.org", number), "age": 30}
    return post(f"{address}users", body)


def guess_password(address: str, number: int) -> int:
    """Guesses at one account with different spellings of its address; returns the status."""
    domain = vary_case("example.org", number) if number % 2 else "ｅxample.org"
    return post(f"{address}api/auth/login", {"email": f"{vary_case('same', number)}@{domain}", "password": "guess"})


def post(url: str, body: dict[str, object]) -> int:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
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


def test_of_a_hundred_simultaneous_guesses_the_limit_is_tried(tmp_path: Path, installation: Installation) -> None:
    """Also without Redis, although CACHE_URL names one."""
    environment = {
        "DATABASE_URL": installation.environment["DATABASE_URL"],
        "CACHE_URL": f"redis://127.0.0.1:{free_port()}/0",
        "LOGINS_PER_ADDRESS": "none",
        "LOGINS_PER_ACCOUNT": "10/hour",
    }
    with run_service("serve", tmp_path, **environment) as service:
        service.wait_for_line("Colophon serves on")
        with ThreadPoolExecutor(100) as clients:
            statuses = Counter(clients.map(lambda number: guess_password(service.address, number), range(100)))

    assert statuses == {401: 10, 429: 90}
