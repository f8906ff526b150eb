"""Reads a page's text within limits of size and time."""

import threading

import requests

from core.http_client import BrokenBody, read_body
from scraping.errors import FetchError, Halted

MAX_BYTES = 5 * 1024 * 1024


def read_text(response: requests.Response, *, url: str, deadline: float, halt: threading.Event) -> str:
    """The decoded body. `deadline` is a `time.monotonic()`. Raises FetchError or Halted.

    The shop declares no charset, where `response.text` would take latin-1 and turn `£` into `Â£`: without a charset
    the bytes are UTF-8, and bytes that are not are refused rather than replaced.
    """

    def end_where_halted() -> None:
        if halt.is_set():
            raise Halted

    try:
        body = read_body(response, max_bytes=MAX_BYTES, deadline=deadline, check=end_where_halted)
    except BrokenBody as broken:
        raise FetchError(url, broken.detail, permanent=broken.permanent) from broken
    encoding = _declared_charset(response) or "utf-8"
    try:
        return body.decode(encoding)
    except (ValueError, LookupError):  # UnicodeError is a ValueError
        raise FetchError(url, f"is not text in {encoding}", permanent=True) from None


def _declared_charset(response: requests.Response) -> str | None:
    content_type = response.headers.get("Content-Type", "")
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
