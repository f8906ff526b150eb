"""The price history in words, as the text alternative of the chart."""

from datetime import datetime

from django.utils.dateformat import format as format_time

from books.prices.history import PriceHistory, SoldOutSpan
from core.money import format_difference, format_money

MAX_SPANS = 2  # that are listed; more are counted


def describe_history(history: PriceHistory) -> str:
    """Returns for example "Price from 3 May to 26 November 2026: £37.32 now, lowest £32.40 on 3 November, …"."""
    end = history.end
    period = f"Price from {format_day(history.start, end)} to {format_time(end, 'j F Y')}"
    if history.start.date() == end.date():
        period = f"Price on {format_time(end, 'j F Y')}"
    last = format_money(history.points[-1].price, history.currency)
    parts = [f"{last} now" if history.current else f"last {last}"]
    if history.lowest.price != history.highest.price:
        for name, point in (("lowest", history.lowest), ("highest", history.highest)):
            parts.append(f"{name} {format_money(point.price, history.currency)} on {format_day(point.start, end)}")
    details = [*_describe_sold_out(history.sold_out, end), *_describe_stock(history)]
    return "; ".join([f"{period}: {', '.join(parts)}", *details]) + "."


def describe_change(history: PriceHistory) -> str:
    """Returns for example "−£4.10 since 3 September", or an empty text if the price never changed."""
    if not history.change:
        return ""
    difference = format_difference(history.change.difference, history.currency)
    if history.change.time.date() == history.end.date():
        return f"{difference} today"
    return f"{difference} since {format_day(history.change.time, history.end)}"


def format_day(time: datetime, reference: datetime, *, short: bool = False) -> str:
    """Returns for example "3 November", with the year if it is not that of `reference`."""
    month = "M" if short else "F"
    return format_time(time, f"j {month}" if time.year == reference.year else f"j {month} Y")


def _describe_sold_out(spans: tuple[SoldOutSpan, ...], end: datetime) -> list[str]:
    if len(spans) <= MAX_SPANS:
        return [_describe_span(span, end) for span in spans]
    return [f"sold out {len(spans)} times, last {_describe_span(spans[-1], end).removeprefix('sold out ')}"]


def _describe_stock(history: PriceHistory) -> list[str]:
    """A constant number is stated next to the price."""
    copies = [point.copies for point in history.stock]
    return [f"between {min(copies)} and {max(copies)} copies in stock"] if len({*copies}) > 1 else []


def _describe_span(span: SoldOutSpan, end: datetime) -> str:
    start = format_day(span.start, end)
    if span.end is None:
        return f"sold out since {start}"
    last = format_day(span.end, end)
    return f"sold out on {start}" if start == last else f"sold out from {start} to {last}"
