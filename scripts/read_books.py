"""Reads books for a number of seconds, one request after another, and prints how many requests failed."""

import sys
import time
import urllib.error
import urllib.request


def main(address: str, seconds: str) -> None:
    failed = 0
    deadline = time.monotonic() + float(seconds)
    while time.monotonic() < deadline:
        failed += not can_read(f"{address}/api/books?limit=5")
        time.sleep(0.02)
    print(failed)


def can_read(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return bool(response.status == 200 and response.read())
    except (OSError, urllib.error.URLError) as error:
        print(error, file=sys.stderr)
        return False


if __name__ == "__main__":
    main(*sys.argv[1:])
