"""Signs in with wrong passwords, each time with another X-Forwarded-For, and prints whether the rate limit applies."""

import json
import sys
import urllib.error
import urllib.request

ATTEMPTS = 70  # LOGINS_PER_ADDRESS is 30/minute, and a new minute may begin


def main(address: str) -> None:
    statuses = {sign_in(f"{address}/api/auth/login", number) for number in range(ATTEMPTS)}
    print("rejected after the limit" if 429 in statuses else f"only the statuses {statuses}")


def sign_in(url: str, number: int) -> int:
    body = json.dumps({"email": f"forged-{number}@example.org", "password": "wrong"}).encode()
    headers = {"Content-Type": "application/json", "X-Forwarded-For": f"198.51.100.{number}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


if __name__ == "__main__":
    main(*sys.argv[1:])
