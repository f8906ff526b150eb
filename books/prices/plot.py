"""The geometry of a price chart: coordinates in user units of the SVG, from the top left corner."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from typing import TypeVar

from books.prices.history import PriceHistory, PricePoint
from books.prices.stock import StockPoint

SHORTEST_PERIOD = timedelta(days=1)
COLUMN = 6  # width in which only the first, the last, the lowest and the highest price are drawn
Point = TypeVar("Point", PricePoint, StockPoint)
GAP = 2  # between shaded areas; a smaller one is not visible


@dataclass(frozen=True)
class Area:
    """The area of the line within the SVG."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Plot:
    """Maps times and prices to coordinates."""

    area: Area
    start: datetime
    end: datetime
    low: Decimal  # the price at the bottom of the area, which may be below zero
    high: Decimal

    def x(self, time: datetime) -> float:
        """Times outside the period are moved to its ends."""
        fraction = (time - self.start) / (self.end - self.start)
        return self.area.left + min(max(fraction, 0), 1) * (self.area.right - self.area.left)

    def y(self, price: Decimal) -> float:
        fraction = float((price - self.low) / (self.high - self.low))
        return self.area.bottom - fraction * (self.area.bottom - self.area.top)


def make_plot(history: PriceHistory, area: Area, *, unit: Decimal, padding: float) -> Plot:
    """`padding` remains free above the highest and below the lowest price; `unit` is the currency's smallest amount."""
    start = min(history.start, history.end - SHORTEST_PERIOD)
    low, high = price_range(history, height=area.bottom - area.top, padding=padding, unit=unit)
    return Plot(area, start, history.end, low, high)


def price_range(history: PriceHistory, *, height: float, padding: float, unit: Decimal) -> tuple[Decimal, Decimal]:
    """Returns the prices at the bottom and the top, at least two units apart. A constant price is in the middle."""
    low, high = history.lowest.price, history.highest.price
    if high - low < unit:
        margin = max(low / 10, unit)
        low, high = low - margin, high + margin
    margin = (high - low) * Decimal(padding / (height - 2 * padding))
    return low - margin, high + margin


def thin_points(points: Iterable[Point], plot: Plot) -> list[Point]:
    """Returns at most four points for each column of `COLUMN` units, among them the lowest and the highest one.

    Each point ends when the next point of its column starts.
    """
    thinned: list[Point] = []
    for _, group in groupby(points, key=lambda point: plot.x(point.start) // COLUMN):
        thinned += _thin_column(list(group))
    return thinned


def _thin_column(points: list[Point]) -> list[Point]:
    values = [point.value for point in points]
    kept = sorted({0, values.index(min(values)), values.index(max(values)), len(points) - 1})
    chosen = [points[index] for index in kept]
    return [replace(point, end=after.start) for point, after in pairwise(chosen)] + chosen[-1:]


def step_path(points: Sequence[PricePoint], plot: Plot) -> str:
    """A step line, because a price is valid until the next observation. While there is no price, it has a gap."""
    commands: list[str] = []
    end: datetime | None = None
    for point in points:
        y = f"{plot.y(point.price):.1f}"
        commands.append(f"V{y}" if point.start == end else f"M{plot.x(point.start):.1f},{y}")
        commands.append(f"H{plot.x(point.end):.1f}")
        end = point.end
    return "".join(commands)


def sold_out_areas(history: PriceHistory, plot: Plot) -> list[tuple[float, float]]:
    """Returns the left and right ends of the areas to shade, at least `GAP` wide and apart."""
    areas: list[tuple[float, float]] = []
    for span in history.sold_out:
        right = plot.x(span.end or history.end)
        left = min(plot.x(span.start), right - GAP)
        if areas and left - areas[-1][1] < GAP:
            left = areas.pop()[0]
        areas.append((left, right))
    return areas
