"""Several editions of one work in a library."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from users.models import LibraryEntry

MAX_IDS = 100  # of other editions that an entry names
SHOWN = 3  # of other editions next to the first one in a list


@dataclass(slots=True)
class Editions:
    """The other entries of a work: the last changed ones, and the number of all."""

    entries: list[LibraryEntry] = field(default_factory=list)
    number: int = 0

    @property
    def number_not_shown(self) -> int:
        return self.number - len(self.entries)


def find_other_editions(library: QuerySet[LibraryEntry], shown: Sequence[LibraryEntry]) -> dict[int, Editions]:
    """The other entries of each shown entry's work in the library, by the id of the shown entry.

    `shown` has at most one entry of a work.
    """
    keys = {entry.book.work_key: entry.pk for entry in shown if entry.book.work_key}
    found: defaultdict[int, Editions] = defaultdict(Editions)
    if keys:
        others = library.filter(book__work_key__in=keys).exclude(pk__in=keys.values()).select_related("book")
        total = Window(Count("pk"), partition_by="book__work_key")
        for other in _number_rows(others, "-updated_at", "pk").annotate(total=total).filter(row__lte=SHOWN):
            editions = found[keys[other.book.work_key]]
            editions.entries.append(other)
            editions.number = other.total
    return found


def add_other_editions(entries: Iterable[LibraryEntry]) -> None:
    """Sets `other_editions`, the ids of the other entries of the work, of entries of one library with their books."""
    entries = list(entries)
    keys = {entry.book.work_key for entry in entries if entry.book.work_key}
    ids: defaultdict[str | None, list[int]] = defaultdict(list)
    if keys:
        library = LibraryEntry.objects.filter(user=entries[0].user_id, book__work_key__in=keys)
        numbered = _number_rows(library, "pk").filter(row__lte=MAX_IDS + 1).order_by("pk")
        for key, pk in numbered.values_list("book__work_key", "pk"):
            ids[key].append(pk)
    for entry in entries:
        entry.other_editions = [pk for pk in ids[entry.book.work_key] if pk != entry.pk][:MAX_IDS]


def _number_rows(entries: Any, *order: str) -> Any:
    """Adds `row`, the number of the entry among those of its work."""
    row = Window(RowNumber(), partition_by=F("book__work_key"), order_by=list(order))
    return entries.annotate(row=row).order_by(*order)
