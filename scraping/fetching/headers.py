"""The headers of a shop's responses."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from scraping.page import Validators

STORABLE_VALIDATOR = re.compile(r"[ -~]{1,200}")


def parse_retry_after(value: str) -> float | None:
    """Returns the seconds of a Retry-After header (RFC 9110, 10.2.3); None for an unreadable value. Never raises.

    The value is a number of seconds or a date in one of three formats. A date without a time zone is in UTC.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (date - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError, IndexError):  # the parser raises all of them
        return None


def read_location(response: requests.Response) -> str:
    """The target of a redirect. requests decodes headers as Latin-1, and servers send UTF-8."""
    location = response.headers["Location"]
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def read_validators(response: requests.Response) -> Validators:
    """The response's validators. Values that cannot be stored and sent back unchanged are left out."""
    values = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    etag, last_modified = (value if STORABLE_VALIDATOR.fullmatch(value) else None for value in values)
    return Validators(etag=etag, last_modified=last_modified)
