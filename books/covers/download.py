"""Downloads an image of unknown origin, with limits of size, time and redirects. No models."""

import time
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urljoin, urlsplit

import requests

from core.http_client import HttpClient, read_body
from core.http_errors import RequestFailed

ACCEPT = "image/webp,image/jpeg,image/png,image/gif"
MAX_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 4  # covers.openlibrary.org redirects to archive.org, which redirects to one of its servers
MAX_HOST = 253  # characters (RFC 1035)
CONNECT_SECONDS, READ_SECONDS, HEADER_SECONDS, TOTAL_SECONDS = 5.0, 10.0, 12.0, 30.0


def download(url: str, *, contact: str, private_addresses: bool, wait_for_turn: Callable[[str], None]) -> bytes:
    """Returns the body. Calls `wait_for_turn` with the host before each request. Raises RequestFailed.

    `private_addresses` applies to the host of `url` only: a redirect to another host must lead to a public address.
    """
    first_host = read_host(url)
    for _ in range(MAX_REDIRECTS + 1):
        host = read_host(url)
        wait_for_turn(host)
        deadline = time.monotonic() + TOTAL_SECONDS
        client = _create_client(contact, allow_private_addresses=private_addresses and host == first_host)
        with closing(client), client.get(url, headers={"Accept": ACCEPT}) as response:
            if not response.is_redirect:
                return _read(response, deadline)
            url = _resolve(url, response.headers["Location"])
    raise RequestFailed(f"redirects more than {MAX_REDIRECTS} times", permanent=True)


def read_host(url: str) -> str:
    """The host name in lower case. Raises RequestFailed for an address that must not be requested."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise RequestFailed("has an invalid address", permanent=True) from None
    if parts.scheme not in {"http", "https"} or not 0 < len(host) <= MAX_HOST:
        raise RequestFailed("has no http or https address", permanent=True)
    if "@" in parts.netloc:
        raise RequestFailed("has an address with a user name or a password", permanent=True)
    return host


def _resolve(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        raise RequestFailed("redirects to an invalid address", permanent=True) from None


def _create_client(contact: str, *, allow_private_addresses: bool) -> HttpClient:
    return HttpClient(
        contact=contact,
        connections=1,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        header_seconds=HEADER_SECONDS,
        allow_private_addresses=allow_private_addresses,
    )


def _read(response: requests.Response, deadline: float) -> bytes:
    status = response.status_code
    if status != 200:
        raise RequestFailed(f"returned status {status}", permanent=status < 500 and status != 429)
    return read_body(response, max_bytes=MAX_BYTES, deadline=deadline)
