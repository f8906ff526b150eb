"""Reads and decodes a page's body, within limits of size and time."""

import codecs
import re
import threading
from dataclasses import dataclass

import requests

from core.http_client import read_body
from core.http_errors import BodyReadError
from scraping.errors import FetchError, Halted

CHARSET = re.compile(r"""\bcharset\s*=\s*["']?([^\s;,"']+)""", re.IGNORECASE)
META_CHARSET = re.compile(rb"""<meta\b[^>]*\bcharset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
MAX_PROLOGUE = 4096  # bytes in which a page declares its charset
INVALID_BYTE = re.compile(r"[\udc80-\udcff]")  # from the error handler `surrogateescape`
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
REPLACEMENT = "\x7f"  # lxml accepts it, BookRecord does not


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """`deadline` is a `time.monotonic()` value. Setting `halt` ends the reading."""

    deadline: float
    max_bytes: int
    halt: threading.Event


def read_text(response: requests.Response, url: str, limits: BodyLimits) -> str:
    """Returns the decoded body. Raises FetchError or Halted.

    The charset is that of the Content-Type header. Without one the body is UTF-8 if it is valid UTF-8, otherwise in the
    charset of its `<meta>`. `response.text` would use Latin-1, which turns the shop's `£` into `Â£`. A header that does
    the same is an error: a text outside of ASCII is hardly ever valid UTF-8 by chance.
    """
    body = read_limited_body(response, url, limits)
    return decode_html(body, url, content_type=response.headers.get("Content-Type", ""))


def decode_html(body: bytes, url: str, *, content_type: str) -> str:
    """Decodes a page as `read_text` describes. Raises FetchError."""
    encoding = _find_header_encoding(content_type) or _find_own_encoding(body)
    if not (encoding.startswith("utf-8") or body.isascii()) and _is_utf_8(body):
        raise FetchError(url, "is UTF-8, but its Content-Type header states another charset", permanent=True)
    try:
        return _decode(body, encoding)
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


def _find_header_encoding(content_type: str) -> str | None:
    """None also for an unknown charset, and for a repeated header with different ones."""
    charsets = {charset.lower() for charset in CHARSET.findall(content_type)}
    return _find_encoding(charsets.pop()) if len(charsets) == 1 else None


def _find_own_encoding(body: bytes) -> str:
    if _is_utf_8(body):
        return "utf-8"
    declared = META_CHARSET.search(body[:MAX_PROLOGUE])
    return (_find_encoding(declared[1].decode("latin-1").lower()) if declared else None) or "utf-8"


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _find_encoding(charset: str) -> str | None:
    """The name of Python's codec, None for an unknown charset."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    return "cp1252" if name in {"ascii", "iso8859-1"} else name  # WHATWG Encoding Standard, 4.2


def _decode(body: bytes, encoding: str) -> str:
    """Replaces single invalid bytes by a control character, which no value of a record may contain.

    A text with more invalid than valid characters outside of ASCII is in another encoding: raises ValueError.
    """
    text = body.decode(encoding, "surrogateescape")
    invalid = len(INVALID_BYTE.findall(text))
    if invalid and 2 * invalid > len(NOT_ASCII.findall(text)):
        raise ValueError
    return INVALID_BYTE.sub(REPLACEMENT, text) if invalid else text
