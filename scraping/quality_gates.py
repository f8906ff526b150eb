"""Is this run right? What a shop's redesign or a half-broken server brings must not become the catalogue. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from books.records import BookRecord

CERTAIN = ("title", "price", "upc")  # hardly a book is without


@dataclass(frozen=True, kw_only=True)  # no slots: the settings read the defaults off the class
class Gates:
    """The thresholds, as shares from 0 to 1."""

    min_listed: float = 0.8  # of the books that the last good run listed
    max_unreadable: float = 0.02  # of the books listed
    max_without: float = 0.01  # of the books read: without a title, a price or a UPC
    max_fill_drop: float = 0.1  # of a field, from the last good run's share


@dataclass(slots=True)
class Filled:
    """Counts how many of the books that were read have each field."""

    books: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, names: Iterable[str]) -> None:
        self.books += 1
        self.counts.update(names)

    def shares(self) -> dict[str, float]:
        names = (each.name for each in fields(BookRecord))
        return {name: round(self.counts[name] / self.books, 4) for name in names} if self.books else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a run saw.

    The shop lists `listed` books, of which it was to read `wanted`; `lost` of these it could not read, `doubles` showed
    another book's identity. `fill` is each field's share of those that it read.
    """

    listed: int
    wanted: int
    lost: int = 0
    doubles: int = 0
    fill: Mapping[str, float]
    is_complete: bool


def why_rejected(sight: Sight, last: Sight | None, gates: Gates) -> str | None:
    """The reason in a line; None where the run is right. `last` is the last good run."""
    if sight.lost > gates.max_unreadable * sight.wanted:
        return f"{sight.lost} of {sight.wanted} books could not be read, more than {gates.max_unreadable:.0%}"
    if sight.doubles:
        return f"{sight.doubles} pages show a UPC that another page shows too"
    if last and sight.listed < gates.min_listed * last.listed:
        least = f"{gates.min_listed:.0%} of the {last.listed} of the last good run"
        return f"the shop lists {sight.listed} books, less than {least}"
    for name in CERTAIN:
        if sight.fill and 1 - sight.fill.get(name, 0) > gates.max_without:
            return f"{1 - sight.fill.get(name, 0):.0%} of the books have no {name}, more than {gates.max_without:.0%}"
    return _why_emptier(sight, last, gates) if last else None


def _why_emptier(sight: Sight, last: Sight, gates: Gates) -> str | None:
    if not (sight.is_complete and last.is_complete):
        return None  # a part of the shop may be another than the rest
    for name, before in last.fill.items():
        now = sight.fill.get(name, 0)
        if before - now > gates.max_fill_drop:
            return f"{now:.0%} of the books have {name}; it was {before:.0%} in the last good run"
    return None
