"""Reads and decodes a page's body, within limits of size and time."""

import threading

import requests

from core.http_client import BodyReadError, read_body
from scraping.errors import FetchError, Halted


def read_text(response: requests.Response, *, url: str, deadline: float, max_bytes: int, halt: threading.Event) -> str:
    """Returns the decoded body. `deadline` is a `time.monotonic()` value. Raises FetchError or Halted.

    Without a declared charset the body is decoded as UTF-8. `response.text` would use Latin-1, which turns the shop's
    `£` into `Â£`. Invalid bytes raise FetchError: a replacement character would change a title or a price.
    """

    def raise_if_halted() -> None:
        if halt.is_set():
            raise Halted

    try:
        body = read_body(response, max_bytes=max_bytes, deadline=deadline, check=raise_if_halted)
    except BodyReadError as error:
        raise FetchError(url, error.detail, permanent=error.permanent) from error
    encoding = _find_declared_charset(response) or "utf-8"
    try:
        return body.decode(encoding)
    except (ValueError, LookupError):  # UnicodeError is a ValueError
        raise FetchError(url, f"is not valid {encoding} text", permanent=True) from None


def _find_declared_charset(response: requests.Response) -> str | None:
    content_type = response.headers.get("Content-Type", "")
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
