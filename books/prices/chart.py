"""The price charts, as server-rendered SVG.

Their colours are attributes based on `currentColor`, so that they are readable without a style sheet. A style sheet
refines them by the classes, and shows one of the two sizes: `chart-wide` or `chart-narrow`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.dateformat import format as format_time
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from books.prices.axes import round_amounts
from books.prices.description import describe_history
from books.prices.history import PriceHistory, PricePoint
from books.prices.labels import (
    FONT_SIZE,
    Label,
    amount_labels,
    amount_texts,
    current_label,
    current_text,
    draw_labels,
    extreme_labels,
    sold_out_label,
    text_width,
    time_axis,
)
from books.prices.plot import Area, Plot, make_plot, price_range, sold_out_areas, step_path, thin_points
from books.prices.stock_strip import STRIP_HEIGHT, has_stock_strip, stock_strip, stock_texts
from core.money import format_money, smallest_unit

MAX_STEPS = 4  # of the price axis
PADDING = 27  # above the highest and below the lowest price, for their labels
AXIS_CLEARANCE = 10  # without grid lines above the time axis


@dataclass(frozen=True)
class Size:
    """A variant of the chart. `times` is the highest number of labels on the time axis."""

    name: str
    width: int
    height: int
    times: int


SIZES = (Size("wide", 720, 260, 7), Size("narrow", 300, 220, 4))


def price_charts(histories: Iterable[PriceHistory]) -> SafeString:
    """A chart for each currency, because amounts in two currencies have no common scale. Empty without histories."""
    return format_html_join("", "{}", ((price_chart(history),) for history in histories))


def price_chart(history: PriceHistory) -> SafeString:
    """The chart in both sizes. Their ids contain only the currency: a page can show the charts of one book."""
    charts = format_html_join("", "{}", ((_draw(history, size),) for size in SIZES))
    return format_html('<div class="price-chart">{}</div>', charts)


def sparkline(history: PriceHistory) -> SafeString:
    """The line and the current price without axes and texts, for lists."""
    plot = make_plot(history, Area(2, 92, 4, 20), unit=smallest_unit(history.currency), padding=0)
    return format_html(
        '<svg class="sparkline" viewBox="0 0 96 24" width="96" height="24" role="img" aria-label="{}">{}{}</svg>',
        describe_history(history),
        _line(thin_points(history.points, plot), plot),
        _current_marker(history, plot, radius=2.5),
    )


def _draw(history: PriceHistory, size: Size) -> SafeString:
    plot, amounts = _lay_out(history, size)
    sold_out = sold_out_areas(history, plot)
    points = thin_points(history.points, plot)
    times = time_axis(plot, size.width, at_most=size.times)
    labels = [
        *amount_labels(amounts, history.currency, plot), *times, *sold_out_label(sold_out, plot),
        *extreme_labels(history, plot), *current_label(history, plot, size.width),
    ]  # fmt: skip
    parts = [
        _shade(sold_out, plot), _grid(amounts, plot), _axis(times, plot),
        _line(points, plot), _extreme_markers(history, plot), _current_marker(history, plot, radius=4.5),
        draw_labels(labels), _periods(points, plot, history.currency),
    ]  # fmt: skip
    if has_stock_strip(history):
        parts.append(stock_strip(history, plot, width=size.width, height=size.height))
        size = replace(size, height=size.height + STRIP_HEIGHT)
    return _svg(size, f"price-{history.currency}-{size.name}", describe_history(history), parts)


def _svg(size: Size, name: str, description: str, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart-{size}" viewBox="0 0 {width} {height}" font-size="{font_size}" role="img" '
        'aria-labelledby="{name}-title {name}-description"><title id="{name}-title">Price history</title>'
        '<desc id="{name}-description">{description}</desc>{parts}</svg>',
        size=size.name,
        width=size.width,
        height=size.height,
        font_size=FONT_SIZE,
        name=name,
        description=description,
        parts=format_html_join("", "{}", ((part,) for part in parts)),
    )


def _lay_out(history: PriceHistory, size: Size) -> tuple[Plot, list[Decimal]]:
    """Returns the plot and the amounts on its price axis. Their texts determine the left margin."""
    unit = smallest_unit(history.currency)
    top, bottom = 26 if history.sold_out else 8, size.height - 28
    low, high = price_range(history, height=bottom - top, padding=PADDING, unit=unit)
    clear = low + (high - low) * AXIS_CLEARANCE / (bottom - top)
    amounts = round_amounts(clear, high, at_most=MAX_STEPS, unit=unit)
    left = max(map(text_width, [*amount_texts(amounts, history.currency), *stock_texts(history)])) + 11
    right = size.width - text_width(current_text(history)) - 14
    if right - left < size.width / 3:  # too narrow for the line, so the current price has no label
        right = size.width - 8
    return make_plot(history, Area(left, right, top, bottom), unit=unit, padding=PADDING), amounts


def _shade(sold_out: Sequence[tuple[float, float]], plot: Plot) -> SafeString:
    top, height = plot.area.top, plot.area.bottom - plot.area.top
    return format_html_join(
        "",
        '<rect class="chart-sold-out" x="{}" y="{}" width="{}" height="{}" fill="currentColor" fill-opacity=".08"/>',
        ((_round(left), top, _round(right - left), height) for left, right in sold_out),
    )


def _grid(amounts: Sequence[Decimal], plot: Plot) -> SafeString:
    return format_html(
        '<path class="chart-grid" d="{}" fill="none" stroke="currentColor" stroke-opacity=".15"/>',
        "".join(f"M{plot.area.left:.1f},{plot.y(amount):.1f}H{plot.area.right:.1f}" for amount in amounts),
    )


def _axis(times: Sequence[Label], plot: Plot) -> SafeString:
    ends = [min(label.x, plot.area.right) for label in times]
    marks = "".join(f"M{x:.1f},{plot.area.bottom}v5" for x in ends)
    return format_html(
        '<path class="chart-axis" d="M{},{}H{}{}" fill="none" stroke="currentColor" stroke-opacity=".4"/>',
        _round(plot.area.left),
        plot.area.bottom,
        _round(plot.area.right),
        marks,
    )


def _line(points: Sequence[PricePoint], plot: Plot) -> SafeString:
    return format_html(
        '<path class="chart-line" d="{}" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>',
        step_path(points, plot),
    )


def _extreme_markers(history: PriceHistory, plot: Plot) -> SafeString:
    """Open circles at the first day of the highest and the lowest price. A constant price has none."""
    if history.lowest.price == history.highest.price:
        return SafeString()
    return format_html_join(
        "",
        '<circle class="chart-{}" cx="{}" cy="{}" r="4.5" fill="Canvas" stroke="currentColor" stroke-width="2"/>',
        (
            (name, _round(plot.x(point.start)), _round(plot.y(point.price)))
            for name, point in (("highest", history.highest), ("lowest", history.lowest))
        ),
    )


def _current_marker(history: PriceHistory, plot: Plot, *, radius: float) -> SafeString:
    if not history.current:
        return SafeString()
    return format_html(
        '<circle class="chart-current" cx="{}" cy="{}" r="{}" fill="currentColor"/>',
        _round(plot.x(history.current.end)),
        _round(plot.y(history.current.price)),
        radius,
    )


def _periods(points: Sequence[PricePoint], plot: Plot, currency: str) -> SafeString:
    """An invisible area for each point. Browsers show its title as a tooltip."""
    top, height = plot.area.top, plot.area.bottom - plot.area.top
    rectangles = (
        (_round(left), top, _round(max(plot.x(point.end) - left, 1)), height, _describe_point(point, currency))
        for point, left in ((point, plot.x(point.start)) for point in points)
    )
    rectangle = '<rect x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
    return format_html(
        '<g class="chart-points" fill="none" pointer-events="all">{}</g>', format_html_join("", rectangle, rectangles)
    )


def _describe_point(point: PricePoint, currency: str) -> str:
    price = f"{format_time(point.start, 'j F Y')}: {format_money(point.price, currency)}"
    return f"{price}, {point.availability}" if point.availability else price


def _round(value: float) -> str:
    return f"{value:.1f}"
