"""Quality gates: decide whether a run's records may change the catalogue. Pure.

A redesigned shop or a server that fails halfway produces records that are incomplete or wrong.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from books.records import BookRecord

REQUIRED_FIELDS = ("title", "price", "upc")


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityThresholds:
    """Shares from 0 to 1. The settings contain the defaults (QUALITY_THRESHOLDS)."""

    min_listed: float  # of the number of books that the last good run listed
    max_unreadable: float  # of the books to read
    max_without: float  # of the books read: without a title, a price or a UPC
    max_fill_drop: float  # decrease of a field's share since the last good run


@dataclass(slots=True)
class FillCounter:
    """Counts for each field how many of the books fill it."""

    books: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, names: Iterable[str]) -> None:
        self.books += 1
        self.counts.update(names)

    def shares(self) -> dict[str, float]:
        names = (each.name for each in fields(BookRecord))
        return {name: round(self.counts[name] / self.books, 4) for name in names} if self.books else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """The figures of a run that the gates check.

    `listed`: books in the shop. `expected`: books to read, fewer than listed if the run has a limit. `unread`: expected
    books that could not be read. `duplicates`: pages with the source key of another page. `fill`: for each field, the
    share of the read books that have a value. `is_unlimited`: the run had no limit.
    """

    listed: int
    expected: int
    unread: int = 0
    duplicates: int = 0
    fill: Mapping[str, float]
    is_unlimited: bool


def find_rejection_reason(
    summary: CrawlSummary, last_good: CrawlSummary | None, thresholds: QualityThresholds
) -> str | None:
    """The reason in one sentence, or None if the run passes all gates."""
    if summary.unread > thresholds.max_unreadable * summary.expected:
        unread = f"{summary.unread} of {summary.expected} books could not be read"
        return f"{unread}; the limit is {thresholds.max_unreadable:.0%}."
    if summary.duplicates:
        return f"Pages with the source key of another page: {summary.duplicates}; there must be none."
    if last_good and summary.listed < thresholds.min_listed * last_good.listed:
        minimum = f"{thresholds.min_listed:.0%} of the {last_good.listed} books of the last good run"
        return f"The shop lists {summary.listed} books; the minimum is {minimum}."
    reason = _check_required_fields(summary, thresholds)
    return reason or (_check_fill_drop(summary, last_good, thresholds) if last_good else None)


def _check_required_fields(summary: CrawlSummary, thresholds: QualityThresholds) -> str | None:
    for name in REQUIRED_FIELDS if summary.fill else ():
        empty = 1 - summary.fill.get(name, 0)
        if empty > thresholds.max_without:
            return f"{empty:.0%} of the books have no {name}; the limit is {thresholds.max_without:.0%}."
    return None


def _check_fill_drop(summary: CrawlSummary, last_good: CrawlSummary, thresholds: QualityThresholds) -> str | None:
    if not (summary.is_unlimited and last_good.is_unlimited):
        return None  # the books of a limited run may differ from the others
    for name, previous in last_good.fill.items():
        share = summary.fill.get(name, 0)
        if previous - share > thresholds.max_fill_drop:
            return f"{share:.0%} of the books have the field {name}; in the last good run it was {previous:.0%}."
    return None
