"""Reads and decodes a page's body, within limits of size and time."""

import threading
from dataclasses import dataclass

import requests

from core.http_client import BodyReadError, read_body
from scraping.errors import FetchError, Halted


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """`deadline` is a `time.monotonic()` value. Setting `halt` ends the reading."""

    deadline: float
    max_bytes: int
    halt: threading.Event


def read_text(response: requests.Response, url: str, limits: BodyLimits) -> str:
    """Returns the decoded body. Raises FetchError or Halted.

    Without a declared charset the body is decoded as UTF-8. `response.text` would use Latin-1, which turns the shop's
    `£` into `Â£`. Invalid bytes raise FetchError: a replacement character would change a title or a price.
    """
    body = read_limited_body(response, url, limits)
    encoding = _find_declared_charset(response) or "utf-8"
    try:
        return body.decode(encoding)
    except (ValueError, LookupError):  # UnicodeError is a ValueError
        raise FetchError(url, f"is not valid {encoding} text", permanent=True) from None


def read_limited_body(response: requests.Response, url: str, limits: BodyLimits, *, may_be_cut: bool = False) -> bytes:
    """Raises FetchError or Halted. Only a body that may be cut can be larger than the limit."""

    def raise_if_halted() -> None:
        if limits.halt.is_set():
            raise Halted

    try:
        return read_body(
            response,
            max_bytes=limits.max_bytes,
            deadline=limits.deadline,
            check=raise_if_halted,
            may_be_cut=may_be_cut,
        )
    except BodyReadError as error:
        raise FetchError(url, error.detail, permanent=error.permanent) from error


def _find_declared_charset(response: requests.Response) -> str | None:
    content_type = response.headers.get("Content-Type", "")
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
