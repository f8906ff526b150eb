"""The texts in a price chart, placed so that none overlaps another or leaves the chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from django.utils.dateformat import format as format_time
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from books.prices.axes import round_times
from books.prices.description import format_day
from books.prices.history import PriceHistory
from books.prices.plot import Plot
from core.money import format_money

FONT_SIZE = 12
CHARACTER_WIDTH = 0.64 * FONT_SIZE  # a digit of DejaVu Sans, which is wider than other sans-serif fonts
SPACE = 10  # at least, between two labels in a row
ABOVE, BELOW = -11, 20  # from a marker to the baseline of its label

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Label:
    """`y` is the baseline."""

    kind: str
    x: float
    y: float
    text: str
    anchor: Anchor = "middle"

    @property
    def left(self) -> float:
        return self.x - text_width(self.text) * {"start": 0, "middle": 0.5, "end": 1}[self.anchor]

    @property
    def right(self) -> float:
        return self.left + text_width(self.text)


def draw_labels(labels: Iterable[Label]) -> SafeString:
    return format_html_join(
        "",
        '<text class="{}" x="{}" y="{}" text-anchor="{}" fill="currentColor">{}</text>',
        ((each.kind, f"{each.x:.1f}", f"{each.y:.1f}", each.anchor, each.text) for each in labels),
    )


def text_width(text: str) -> float:
    """An estimate that is rather too wide."""
    return len(text) * CHARACTER_WIDTH


def amount_texts(amounts: Sequence[Decimal], currency: str) -> list[str]:
    """The amounts without decimals if all of them are whole."""
    whole = all(amount == amount.to_integral_value() for amount in amounts)
    return [format_money(amount, currency, whole=whole) for amount in amounts]


def amount_labels(amounts: Sequence[Decimal], currency: str, plot: Plot) -> list[Label]:
    """To the left of the grid lines."""
    return [
        Label("chart-tick", plot.area.left - 11, plot.y(amount) + 4, text, "end")
        for amount, text in zip(amounts, amount_texts(amounts, currency), strict=True)
    ]


def time_axis(plot: Plot, width: float, *, at_most: int) -> list[Label]:
    """Labels of round times as far as there is room, and of the end of the period."""
    y = plot.area.bottom + 20
    last = Label("chart-tick", plot.area.right, y, _label_end(plot))
    if last.right > width:
        last = replace(last, x=width, anchor="end")
    for ticks in round_times(plot.start, plot.end):
        labels = [Label("chart-tick", plot.x(tick.time), y, tick.text) for tick in ticks]
        labels = [each for each in labels if each.left > 0 and each.right + SPACE < last.left]
        labels = [each for each in labels if not last.text.startswith(f"{each.text} ")]  # the day on which it ends
        if len(labels) < at_most and are_apart(labels):
            return [*labels, last]
    return [last]


def _label_end(plot: Plot) -> str:
    """The day. In a short chart it is the time of day, because the other labels are hours."""
    return format_time(plot.end, "H:i" if plot.end - plot.start < timedelta(days=2) else "j M Y")


def are_apart(labels: Iterable[Label]) -> bool:
    right = float("-inf")
    for label in labels:
        if label.left < right + SPACE:
            return False
        right = label.right
    return True


def extreme_labels(history: PriceHistory, plot: Plot) -> list[Label]:
    """The lowest price below the line and the highest above it, where no part of the line can be."""
    if history.lowest.price == history.highest.price:
        return []
    labels: list[Label] = []
    for name, point, distance in (("highest", history.highest, ABOVE), ("lowest", history.lowest, BELOW)):
        price = format_money(point.price, history.currency)
        day = format_day(point.start, history.end, short=True)
        texts = [f"{name} {price}, {day}", f"{name} {price}", price]
        text = next((text for text in texts if text_width(text) <= plot.area.right - plot.area.left), None)
        if text:
            x = _move_inside(plot.x(point.start), text_width(text), plot)
            labels.append(Label(f"chart-{name}-label", x, plot.y(point.price) + distance, text))
    return labels


def sold_out_label(areas: Sequence[tuple[float, float]], plot: Plot) -> list[Label]:
    """Above the widest of the shaded areas, as the legend of all."""
    if not areas:
        return []
    left, right = max(areas, key=lambda area: area[1] - area[0])
    x = _move_inside((left + right) / 2, text_width("sold out"), plot)
    return [Label("chart-sold-out-label", x, plot.area.top - 6, "sold out")]


def current_label(history: PriceHistory, plot: Plot, width: float) -> list[Label]:
    """The current price to the right of the line, if there is room for it."""
    if not history.current:
        return []
    y = plot.y(history.current.price) + 4
    label = Label("chart-current-label", plot.area.right + 10, y, current_text(history), "start")
    return [label] if label.right <= width else []


def current_text(history: PriceHistory) -> str:
    return format_money(history.current.price, history.currency) if history.current else ""


def _move_inside(x: float, width: float, plot: Plot) -> float:
    return min(max(x, plot.area.left + width / 2), plot.area.right - width / 2)
