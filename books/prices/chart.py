"""The price chart, as server-rendered SVG."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 120
LEFT, RIGHT, TOP, BOTTOM = 76, 12, 14, 24
Point = tuple[datetime, Decimal]


def price_chart(points: Sequence[Point], currency: str) -> SafeString:
    """Draws the price as a step line, because a price is valid until the next observation.

    `points` are in time order, at least one. Only changes of the price are drawn. Labels state the lowest and highest
    price and the days of the first and last one.
    """
    points = [next(same_price) for _, same_price in groupby(points, key=itemgetter(1))]
    return format_html(
        '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="Price history">'
        '<polyline points="{steps}" fill="none" stroke="#417690" stroke-width="2"/>{labels}</svg>',
        w=WIDTH,
        h=HEIGHT,
        steps=_step_line([_to_coordinates(point, points) for point in points]),
        labels=_labels(points, currency),
    )


def _labels(points: Sequence[Point], currency: str) -> SafeString:
    prices = [price for _, price in points]
    labels = [
        (4, TOP + 4, f"{max(prices)} {currency}"),
        (4, HEIGHT - BOTTOM, "" if min(prices) == max(prices) else f"{min(prices)} {currency}"),
        (LEFT, HEIGHT - 6, f"{points[0][0]:%d %b %Y}"),
        (WIDTH - RIGHT - 66, HEIGHT - 6, "" if len(points) == 1 else f"{points[-1][0]:%d %b %Y}"),
    ]
    return format_html_join("", '<text x="{}" y="{}" font-size="11" fill="currentColor">{}</text>', labels)


def _to_coordinates(point: Point, points: Sequence[Point]) -> tuple[float, float]:
    """Coordinates: time from left to right, price from bottom to top."""
    times = [time.timestamp() for time, _ in points]
    prices = [float(price) for _, price in points]
    x = _fraction(point[0].timestamp(), min(times), max(times))
    y = _fraction(float(point[1]), min(prices), max(prices))
    return LEFT + x * (WIDTH - LEFT - RIGHT), TOP + (1 - y) * (HEIGHT - TOP - BOTTOM)


def _fraction(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 1.0


def _step_line(coordinates: list[tuple[float, float]]) -> str:
    corners = [(LEFT, coordinates[0][1]), coordinates[0]]
    for x, y in coordinates[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
