"""Many clients at once, over real HTTP, against one database."""

import json
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.installation import Installation
from tests.support.running import running


def register(address: str, number: int) -> int:
    """The status that a registration of the one address, in some case, is answered with."""
    email = "".join(
        letter.upper() if number >> place & 1 else letter for place, letter in enumerate("same@example.org")
    )
    body = json.dumps({"name": f"Client {number}", "email": email, "age": 30}).encode()
    request = urllib.request.Request(f"{address}users", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_of_fifty_registrations_of_one_address_one_wins(tmp_path: Path, installation: Installation) -> None:
    with running("serve", tmp_path, DATABASE_URL=installation.environment["DATABASE_URL"]) as started:
        started.line_with("Colophon serves on")
        with ThreadPoolExecutor(50) as clients:
            statuses = Counter(clients.map(lambda number: register(started.address, number), range(50)))

    assert statuses == {201: 1, 409: 49}
    assert installation.query("SELECT count(*) FROM users_user") == [(1,)]
