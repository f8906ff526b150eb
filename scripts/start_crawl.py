"""Starts a crawl through the API as staff, waits for its end, and prints the result. Uses the standard library only.

With --full it reads every page, otherwise those that are new, changed or due.
"""

import json
import sys
import time
import urllib.request
from typing import Any

WAIT_SECONDS = 300


def main(address: str, email: str, password: str, *options: str) -> None:
    token = request_json(f"{address}/api/auth/login", {"email": email, "password": password})["token"]
    run = request_json(f"{address}/api/scrape-runs", {"site": "books_to_scrape", "full": "--full" in options}, token)
    deadline = time.monotonic() + WAIT_SECONDS
    while run["state"] in {"queued", "running"}:
        if time.monotonic() > deadline:
            sys.exit(f"The crawl did not end within {WAIT_SECONDS} s: {run}")
        time.sleep(0.5)
        run = request_json(f"{address}/api/scrape-runs/{run['id']}", None, token)
    counts = {name: number for name, number in run["counts"].items() if number and name not in {"requests", "seen"}}
    print(", ".join([run["state"], *(f"{number} {name}" for name, number in counts.items())]))


def request_json(url: str, body: dict[str, Any] | None, token: str = "") -> Any:
    """Sends POST if there is a body, otherwise GET."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    content = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, content, headers), timeout=30) as response:
        return json.load(response)


if __name__ == "__main__":
    main(*sys.argv[1:])
