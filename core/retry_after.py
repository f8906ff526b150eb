"""The header Retry-After of responses."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


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
