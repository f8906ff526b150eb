"""Dates of sitemaps (`lastmod`), in the formats of https://www.w3.org/TR/NOTE-datetime."""

import re
from datetime import UTC, datetime

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # there were no shops on the web; often a zero that was formatted as a date
W3C_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)? ?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)


def parse_date(text: str, *, now: datetime) -> datetime | None:
    """Returns the date in UTC. None for an unreadable date, a future one, and one before 1995.

    A date without a time is the start of that day, a time without a zone is in UTC.
    """
    match = W3C_DATE.fullmatch(text.strip()[:64])
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    numbers = f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}"
    try:
        date = datetime.fromisoformat(numbers + (zone or "Z")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if EARLIEST <= date <= now else None
