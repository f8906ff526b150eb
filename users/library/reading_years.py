"""The books and readings that were finished in a year."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Left

from core.partial_date import PartialDate
from users.models import LibraryEntry, Reading, User


@dataclass(slots=True)
class Month:
    """`books` were finished for the first time, according to the dates; `rereads` again.

    The number 0 is for readings with only a year.
    """

    number: int
    books: int = 0
    rereads: int = 0

    @property
    def readings(self) -> int:
        return self.books + self.rereads


@dataclass(frozen=True, slots=True)
class FinishedBook:
    book: int
    finished_on: PartialDate
    rating: Decimal | None
    is_reread: bool


@dataclass(slots=True)
class ReadingYear:
    """Readings finished in a year, in the order of their ends. `abandoned` are ids of books that were given up."""

    year: int
    months: list[Month] = field(default_factory=lambda: [Month(number) for number in range(13)])
    finished: list[FinishedBook] = field(default_factory=list)
    abandoned: list[int] = field(default_factory=list)

    @property
    def books(self) -> int:
        return sum(month.books for month in self.months)

    @property
    def rereads(self) -> int:
        return sum(month.rereads for month in self.months)

    @property
    def ratings(self) -> Counter[Decimal]:
        """The number of books of each rating. A book that was finished twice counts once."""
        ratings = {each.book: each.rating for each in self.finished}
        return Counter(rating for rating in ratings.values() if rating is not None)

    def add(self, finished: FinishedBook) -> None:
        month = self.months[finished.finished_on.month or 0]
        if finished.is_reread:
            month.rereads += 1
        else:
            month.books += 1
        self.finished.append(finished)


def load_years(owner: User | None) -> dict[int, ReadingYear]:
    """Years with readings that ended, latest first. Owner None is the shared library."""
    years: dict[int, ReadingYear] = {}
    for finished in load_finished(owner):
        year = finished.finished_on.year
        years.setdefault(year, ReadingYear(year)).add(finished)
    abandoned = ended_readings(owner, Reading.Outcome.ABANDONED)
    for book, year in abandoned.values_list("entry__book", Left("finished_on", 4)):
        years.setdefault(int(year), ReadingYear(int(year))).abandoned.append(book)
    return dict(sorted(years.items(), reverse=True))


def ended_readings(owner: User | None, outcome: str) -> QuerySet[Reading]:
    """Readings with this outcome and a known end, in the order of their ends."""
    readings = Reading.objects.filter(entry__in=LibraryEntry.objects.owned_by(owner), finished_on__isnull=False)
    return readings.filter(outcome=outcome).order_by("finished_on", "pk")


def load_finished(owner: User | None) -> list[FinishedBook]:
    readings = ended_readings(owner, Reading.Outcome.FINISHED)
    return mark_rereads(readings.values_list("entry__book", "finished_on", "entry__rating"))


def mark_rereads(rows: Iterable[tuple[int, Any, Decimal | None]]) -> list[FinishedBook]:
    """A reading is a re-read if an earlier one of the book has an end. Readings without dates do not count."""
    seen: set[int] = set()
    finished = []
    for book, finished_on, rating in rows:
        finished.append(FinishedBook(book, finished_on, rating, is_reread=book in seen))
        seen.add(book)
    return finished


def count_undated(owner: User | None) -> int:
    """Books with the status "Read" and no reading with an end, so that their year is unknown."""
    dated = Reading.objects.filter(entry=OuterRef("pk"), finished_on__isnull=False)
    read = LibraryEntry.objects.owned_by(owner).filter(status=LibraryEntry.Status.READ)
    count: int = read.filter(~Exists(dated)).count()
    return count
