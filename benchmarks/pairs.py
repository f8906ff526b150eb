"""What every comparison here has: two sides that take turns, and a table of what they took."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from statistics import median


class Unfit(Exception):
    """What was measured would say nothing: the sides differ, or not every answer was right."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What one turn each gave: seconds, or requests a second."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer


def table(pairs: list[Pair], *, peer: str, digits: int) -> str:
    """A line for each pair, then the medians; the last ratio is the median of the ratios, not that of the medians."""
    width = max(len(peer), 7)
    lines = [f"{'run':>6}  {'ours':>7}  {peer:>{width}}  {'ours/' + peer:>{width + 5}}"]

    def line(label: str, ours: float, other: float, ratio: float) -> str:
        return f"{label:>6}  {ours:>7,.{digits}f}  {other:>{width},.{digits}f}  {ratio:>{width + 5}.2f}"

    for number, pair in enumerate(pairs, start=1):
        lines.append(line(str(number), pair.ours, pair.peer, pair.ratio))
    medians = (median(getattr(pair, name) for pair in pairs) for name in ("ours", "peer", "ratio"))
    return "\n".join([*lines, line("median", *medians)])


def positive(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1")
    return int(value)


def absolute(value: str) -> Path:
    return Path(value).absolute()
