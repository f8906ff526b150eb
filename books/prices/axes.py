"""Round values for the axes of a chart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import count, takewhile

from django.utils.dateformat import format as format_time

ROUND_DIGITS = (1, 2, 5, 10)


def round_amounts(low: Decimal, high: Decimal, *, at_most: int, unit: Decimal) -> list[Decimal]:
    """Returns multiples of 1, 2 or 5 times a power of ten from `low` to `high`, both included, none below zero.

    `unit` is the smallest step, such as 0.01. `low` is less than `high`.
    """
    step = max(_round_up((high - low) / at_most), unit)
    first = max((low / step).to_integral_value(ROUND_CEILING), Decimal(0))
    return list(takewhile(lambda amount: amount <= high, (step * (first + index) for index in range(at_most + 1))))


def _round_up(step: Decimal) -> Decimal:
    power = Decimal(1).scaleb(step.adjusted())
    return next(digit * power for digit in ROUND_DIGITS if digit * power >= step)


@dataclass(frozen=True)
class TimeTick:
    time: datetime
    text: str


def round_times(start: datetime, end: datetime) -> Iterator[list[TimeTick]]:
    """Yields the hours, days, months or years from `start` to `end`, first the shortest steps, then longer ones.

    Both are in one time zone. The caller takes the first list that has room. The last list is empty.
    """
    for hours in (3, 6, 12, 24, 48, 24 * 7, 24 * 14):
        if end - start < timedelta(hours=hours * 20):
            yield _ticks(_hours_from(start, hours), start, end, _label_hour)
    for months in (1, 2, 3, 6):
        if end - start < timedelta(days=months * 30 * 20):
            yield _ticks(_months_from(start, months), start, end, _label_month)
    for years in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        yield _ticks(_months_from(start, 12 * years), start, end, _label_year)
    yield []


def _ticks(
    times: Iterator[datetime], start: datetime, end: datetime, label: Callable[[datetime], str]
) -> list[TimeTick]:
    return [TimeTick(time, label(time)) for time in takewhile(lambda time: time <= end, times) if time >= start]


def _hours_from(start: datetime, hours: int) -> Iterator[datetime]:
    """Steps of more than a day do not depend on `start`, and a week starts on Monday."""
    days = max(hours // 24, 1)
    day = start.toordinal() - (start.toordinal() - 1) % days
    midnight = datetime.fromordinal(day).replace(tzinfo=start.tzinfo)
    return (midnight + timedelta(hours=hours * index) for index in count())


def _months_from(start: datetime, months: int) -> Iterator[datetime]:
    month = 12 * start.year + start.month - 1
    return (
        datetime(index // 12, index % 12 + 1, 1, tzinfo=start.tzinfo)
        for index in range(max(month - month % months, 12), 12 * 9999, months)
    )


def _label_hour(time: datetime) -> str:
    return format_time(time, "H:i" if time.hour else "j M")


def _label_month(time: datetime) -> str:
    return format_time(time, "Y" if time.month == 1 else "M")


def _label_year(time: datetime) -> str:
    return format_time(time, "Y")
