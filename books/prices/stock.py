"""The numbers of copies in stock over time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class StockPoint:
    """A number of copies that was valid from `start` to `end`."""

    start: datetime
    end: datetime
    copies: int

    @property
    def value(self) -> Decimal:
        return Decimal(self.copies)


def group_stock(statements: Sequence[tuple[datetime, int | None]], end: datetime) -> list[StockPoint]:
    """The periods of the stated numbers, in time order. Equal numbers in a row are one period, None is a gap."""
    points: list[StockPoint] = []
    ends = [*(time for time, _ in statements[1:]), end]
    for (start, copies), until in zip(statements, ends, strict=True):
        if copies is None:
            continue
        if points and points[-1].copies == copies and points[-1].end == start:
            start = points.pop().start  # noqa: PLW2901
        points.append(StockPoint(start, until, copies))
    return points


def clip_stock(points: Iterable[StockPoint], start: datetime, end: datetime) -> tuple[StockPoint, ...]:
    """The points between two times."""
    return tuple(
        replace(point, start=max(point.start, start), end=min(point.end, end))
        for point in points
        if point.start < end and point.end > start
    )
