"""Reads a response's body within limits of size and time."""

import threading
import time

import requests
from urllib3.exceptions import HTTPError

from scraping.errors import FetchError, Halted

MAX_BYTES = 5 * 1024 * 1024
CHUNK = 64 * 1024


def read_text(response: requests.Response, *, url: str, deadline: float, halt: threading.Event) -> str:
    """The decoded body. `deadline` is a `time.monotonic()`. Raises FetchError or Halted.

    The shop declares no charset, where `response.text` would take latin-1 and turn `£` into `Â£`: without a charset
    the bytes are UTF-8, and bytes that are not are refused rather than replaced.
    """
    body = _read_bytes(response, url, deadline, halt)
    encoding = _declared_charset(response) or "utf-8"
    try:
        return body.decode(encoding)
    except (ValueError, LookupError):  # UnicodeError is a ValueError
        raise FetchError(url, f"is not text in {encoding}", permanent=True) from None


def _read_bytes(response: requests.Response, url: str, deadline: float, halt: threading.Event) -> bytes:
    body = bytearray()
    try:
        # read1 returns what one read of the socket brings: a page that drips meets the deadline all the same.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            body += chunk
            _check_limits(len(body), url, deadline, halt)
    except (HTTPError, OSError) as error:
        raise FetchError(url, f"broke off ({type(error).__name__})", permanent=False) from error
    return bytes(body)


def _check_limits(size: int, url: str, deadline: float, halt: threading.Event) -> None:
    if halt.is_set():
        raise Halted
    if size > MAX_BYTES:
        raise FetchError(url, f"is larger than {MAX_BYTES // 1024 // 1024} MiB", permanent=True)
    if time.monotonic() > deadline:
        raise FetchError(url, "did not end in time", permanent=False)


def _declared_charset(response: requests.Response) -> str | None:
    content_type = response.headers.get("Content-Type", "")
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
