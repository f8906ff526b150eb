"""Dates of import files. Only forms with a certain order of day and month are accepted."""

import re
from datetime import date

from core.partial_date import PartialDate
from users.imports.values import InvalidValue, show

# 2024 · 2024-05 · 2024/5 · 2024-05-03 · 2024/5/3 · 2024.05.03, and a time after a whole date
TIME = r"[T ]+[0-9]{1,2}:[0-9]{2}[0-9:.,]*\s*(?:Z|UTC|[+-][0-9:]{2,5})?"
YEAR_FIRST = re.compile(rf"([0-9]{{4}})(?:([-/.])([0-9]{{1,2}})(?:\2([0-9]{{1,2}})(?:{TIME})?)?)?")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
ADVICE = "Use a date such as 2024-05-03."


def parse_date(text: str) -> PartialDate | None:
    """A day, a month or a year.

    If the year is last, the order of day and month must be certain: one of them is above 12, or both are equal. This
    includes dates with points: they are day-first in most countries, but not in all. A time is ignored: the date is the
    one that the source shows.
    """
    if not text:
        return None
    if match := YEAR_FIRST.fullmatch(text):
        year, _, month, day = match.groups()
        return _build(text, year, month, day)
    if match := YEAR_LAST.fullmatch(text):
        first, _, second, year = match.groups()
        return _build(text, year, *_order(text, first, second))
    raise InvalidValue(f"{show(text)} is not a date. {ADVICE}")


def parse_day(text: str) -> date | None:
    """A whole date. Raises InvalidValue for a year or a month."""
    partial = parse_date(text)
    if partial is None:
        return None
    if partial.month is None or partial.day is None:
        raise InvalidValue(f"{show(text)} has no day. {ADVICE}")
    return date(partial.year, partial.month, partial.day)


def _order(text: str, first: str, second: str) -> tuple[str, str]:
    """The month and the day."""
    if int(second) > 12 or int(first) == int(second):
        return first, second
    if int(first) > 12:
        return second, first
    raise InvalidValue(f"{show(text)} can be two different dates, because day and month are not certain. {ADVICE}")


def _build(text: str, *parts: str | None) -> PartialDate:
    try:
        return PartialDate(*(int(part) if part else None for part in parts))  # type: ignore[arg-type]  # a year is set
    except ValueError as error:
        raise InvalidValue(f"{show(text)} is not a date of the calendar. {ADVICE}") from error
