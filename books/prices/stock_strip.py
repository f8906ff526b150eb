"""The numbers of copies in stock, below the price chart and on the same time axis."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString

from books.prices.history import PriceHistory
from books.prices.labels import Label, draw_labels
from books.prices.plot import Area, Plot, thin_points
from books.prices.stock import StockPoint

STRIP_HEIGHT = 72  # that the strip adds to the chart
TOP, BOTTOM = 24, 68  # of its area, below the price chart


def has_stock_strip(history: PriceHistory) -> bool:
    """A constant number is stated next to the price and in the table."""
    return len({point.copies for point in history.stock}) > 1


def stock_texts(history: PriceHistory) -> list[str]:
    """The texts to the left of the strip."""
    return [str(max(point.copies for point in history.stock))] if has_stock_strip(history) else []


def stock_strip(history: PriceHistory, price_plot: Plot, *, width: float, height: float) -> SafeString:
    """`width` and `height` are those of the price chart."""
    area = Area(price_plot.area.left, price_plot.area.right, height + TOP, height + BOTTOM)
    plot = replace(price_plot, area=area, low=Decimal(0), high=max(point.value for point in history.stock))
    return format_html("{}{}", _area(history, plot), draw_labels(_labels(history, plot, width)))


def _area(history: PriceHistory, plot: Plot) -> SafeString:
    points = thin_points(history.stock, plot)
    return format_html(
        '<path class="chart-stock" d="{}" fill="currentColor" fill-opacity=".3"/>'
        '<path class="chart-axis" d="M{},{}H{}" fill="none" stroke="currentColor" stroke-opacity=".4"/>',
        "".join(_fill_steps(group, plot) for group in _split_at_gaps(points)),
        f"{plot.area.left:.1f}", plot.area.bottom, f"{plot.area.right:.1f}",
    )  # fmt: skip


def _split_at_gaps(points: Sequence[StockPoint]) -> list[list[StockPoint]]:
    starts = [0, *(number for number, (one, other) in enumerate(pairwise(points), 1) if one.end != other.start)]
    return [list(points[start:end]) for start, end in pairwise([*starts, len(points)])]


def _fill_steps(points: Sequence[StockPoint], plot: Plot) -> str:
    steps = "".join(f"V{plot.y(point.value):.1f}H{plot.x(point.end):.1f}" for point in points)
    return f"M{plot.x(points[0].start):.1f},{plot.area.bottom}{steps}V{plot.area.bottom}Z"


def _labels(history: PriceHistory, plot: Plot, width: float) -> list[Label]:
    """The caption, the highest number, and the current one to the right if there is room for it."""
    left, right, top = plot.area.left, plot.area.right, plot.area.top
    labels = [
        Label("chart-tick", left, top - 10, "copies in stock", "start"),
        *(Label("chart-tick", left - 11, top + 8, text, "end") for text in stock_texts(history)),
    ]
    last = history.stock[-1]
    if history.current and last.end == history.end:
        level = min(plot.y(last.value) + 4, plot.area.bottom)
        labels.append(Label("chart-current-label", right + 10, level, str(last.copies), "start"))
    return [label for label in labels if label.right <= width]
