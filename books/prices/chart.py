"""The price chart, as server-rendered SVG."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

WIDTH, HEIGHT = 480, 120
LEFT, RIGHT, TOP, BOTTOM = 76, 12, 14, 24
TIME_FORMS = ("%d %b %Y", "%d %b %Y %H:%M", "%d %b %Y %H:%M:%S")
Point = tuple[datetime, Decimal]


def price_charts(observations: Iterable[tuple[datetime, Decimal, str]]) -> SafeString:
    """A chart for each currency, because amounts in two currencies have no common scale. Empty without observations.

    `observations` are times, prices and the currencies in which they were stated, in time order.
    """
    by_currency: dict[str, list[Point]] = {}
    for time, price, currency in observations:
        by_currency.setdefault(currency, []).append((time, price))
    charts = ((price_chart(points, currency),) for currency, points in by_currency.items())
    return format_html_join("", "<div>{}</div>", charts)


def price_chart(points: Sequence[Point], currency: str) -> SafeString:
    """Draws the price as a step line, because a price is valid until the next observation.

    `points` are in time order, at least one. Only changes of the price are drawn. Labels state the lowest and highest
    price, and the days of the first and last one, or their times if they are on one day.
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
    first, last = _format_times(points[0][0], points[-1][0])
    labels = [
        (4, TOP + 4, "start", f"{max(prices)} {currency}"),
        (4, HEIGHT - BOTTOM, "start", "" if min(prices) == max(prices) else f"{min(prices)} {currency}"),
        (LEFT, HEIGHT - 6, "start", first),
        (WIDTH - RIGHT, HEIGHT - 6, "end", "" if len(points) == 1 else last),
    ]
    text = '<text x="{}" y="{}" text-anchor="{}" font-size="11" fill="currentColor">{}</text>'
    return format_html_join("", text, labels)


def _format_times(first: datetime, last: datetime) -> tuple[str, str]:
    """Returns both times in the shortest form in which they differ."""
    labels = [(f"{localtime(first):{form}}", f"{localtime(last):{form}}") for form in TIME_FORMS]
    return next((pair for pair in labels if pair[0] != pair[1]), labels[0])


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
