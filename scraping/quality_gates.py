"""Quality gates: decide whether a run's records may change the catalogue. Pure.

A redesigned shop or a server that fails halfway produces records that are incomplete or wrong.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction

from books.records import BookRecord

REQUIRED_FIELDS = ("title", "price")
MIN_OFFENDING = 2  # one odd book must not block a small shop


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityThresholds:
    """Shares from 0 to 1. The settings contain the defaults (QUALITY_THRESHOLDS)."""

    min_listed: float  # of the number of books that the last good run listed
    max_unreadable: float  # of the books to read
    max_without: float  # of the books read: without a title or a price
    max_fill_drop: float  # decrease of a field's share since the last good run


@dataclass(slots=True)
class FillCounter:
    """Counts for each field how many of the books fill it."""

    books: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, names: Iterable[str]) -> None:
        self.books += 1
        self.counts.update(names)

    def remove(self, names: Iterable[str]) -> None:
        self.books -= 1
        self.counts.subtract(names)

    def shares(self) -> dict[str, float]:
        names = (each.name for each in fields(BookRecord))
        return {name: round(self.counts[name] / self.books, 4) for name in names} if self.books else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodRun:
    """The last good run, for comparison. `fill`: for each field, the share of the books that had a value."""

    listed: int
    fill: Mapping[str, float]
    is_unlimited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """The figures of a run that the gates check.

    `listed`: books in the shop. `expected`: books to read, fewer than listed if the run has a limit. `failed`: expected
    books that could not be read. `read`: books read; `filled`: how many of them have a value, for each field.
    `is_unlimited`: the run had no limit.
    """

    listed: int
    expected: int
    failed: int = 0
    read: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)
    is_unlimited: bool


def find_rejection_reason(
    summary: CrawlSummary, last_good: GoodRun | None, thresholds: QualityThresholds
) -> str | None:
    """The reason in one sentence, or None if the run passes all gates."""
    return (
        find_unreadable_reason(failed=summary.failed, expected=summary.expected, thresholds=thresholds)
        or (_check_size(summary, last_good, thresholds) if last_good else None)
        or _check_required_fields(summary, thresholds)
        or (_check_fill_drop(summary, last_good, thresholds) if last_good else None)
    )


def find_unreadable_reason(*, failed: int, expected: int, thresholds: QualityThresholds) -> str | None:
    """The first gate alone. Its result cannot improve during a run, because `failed` only grows."""
    if not _exceeds(failed, thresholds.max_unreadable, expected):
        return None
    return f"{failed} of {expected} books could not be read; the limit is {thresholds.max_unreadable:.0%}."


def _exceeds(offending: int, share: float, books: int) -> bool:
    """Whether more than this share of the books offends, calculated without rounding."""
    return offending >= MIN_OFFENDING and offending > _exact(share) * books


def _exact(share: float) -> Fraction:
    """The number as it is written: the float 0.01 is not exactly a hundredth."""
    return Fraction(str(share))


def _check_size(summary: CrawlSummary, last_good: GoodRun, thresholds: QualityThresholds) -> str | None:
    if not _exceeds(last_good.listed - summary.listed, float(1 - _exact(thresholds.min_listed)), last_good.listed):
        return None
    minimum = f"{thresholds.min_listed:.0%} of the {last_good.listed} books of the last good run"
    return f"The shop lists {summary.listed} books; the minimum is {minimum}."


def _check_required_fields(summary: CrawlSummary, thresholds: QualityThresholds) -> str | None:
    for name in REQUIRED_FIELDS:
        empty = summary.read - summary.filled.get(name, 0)
        if _exceeds(empty, thresholds.max_without, summary.read):
            return f"{empty} of {summary.read} books have no {name}; the limit is {thresholds.max_without:.0%}."
    return None


def _check_fill_drop(summary: CrawlSummary, last_good: GoodRun, thresholds: QualityThresholds) -> str | None:
    if not (summary.is_unlimited and last_good.is_unlimited):
        return None  # the books of a limited run may differ from the others
    for name, previous in last_good.fill.items():
        filled = summary.filled.get(name, 0)
        lost = round(previous * summary.read) - filled
        if _exceeds(lost, thresholds.max_fill_drop, summary.read):
            share = filled / summary.read
            return f"{share:.0%} of the books have the field {name}; in the last good run it was {previous:.0%}."
    return None
