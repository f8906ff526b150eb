"""Pairs of measurements of two sides that take turns, and their table."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from statistics import median


class InvalidMeasurement(Exception):
    """The figures would prove nothing: the two sides differ, or a request failed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One measurement of each side: seconds, or requests per second."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer


def format_table(pairs: list[Pair], *, peer: str, digits: int) -> str:
    """A line for each pair, then the medians. The last ratio is the median of the ratios."""
    width = max(len(peer), 7)
    lines = [f"{'run':>6}  {'ours':>7}  {peer:>{width}}  {'ours/' + peer:>{width + 5}}"]

    def format_line(label: str, ours: float, other: float, ratio: float) -> str:
        return f"{label:>6}  {ours:>7,.{digits}f}  {other:>{width},.{digits}f}  {ratio:>{width + 5}.2f}"

    for number, pair in enumerate(pairs, start=1):
        lines.append(format_line(str(number), pair.ours, pair.peer, pair.ratio))
    medians = (median(getattr(pair, name) for pair in pairs) for name in ("ours", "peer", "ratio"))
    return "\n".join([*lines, format_line("median", *medians)])


def positive_integer(value: str) -> int:
    """An argument type of argparse."""
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1")
    return int(value)


def absolute_path(value: str) -> Path:
    """An argument type of argparse."""
    return Path(value).absolute()
