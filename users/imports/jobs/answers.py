"""The reader's answers to the questions of a preview, and their defaults."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from users.imports.readings import complete_readings
from users.imports.rows import ImportRow
from users.imports.statuses import WANT_TO_READ
from users.models import LibraryEntry

TAG = "tag"  # an answer for a shelf: it becomes a tag of books that the reader wants to read
IMPORT, SKIP = "import", "skip"  # answers for media; SKIP also for rows without a status
SHELF_ANSWERS = (*LibraryEntry.Status.values, TAG)
MEDIA_ANSWERS = (SKIP, IMPORT)
STATUS_ANSWERS = (*LibraryEntry.Status.values, SKIP)  # for rows that state no status
MAX_QUESTIONS = 200  # shelves that a preview asks about; others get the default


@dataclass(frozen=True, slots=True)
class Answers:
    """`shelves` and `media` are answers by name. `overwrite` replaces values of the library.

    `without_status` is the status of new books whose rows state none, or SKIP. Books of the library keep their status.
    """

    shelves: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    without_status: str = WANT_TO_READ
    overwrite: bool = False

    def settle(self, row: ImportRow) -> ImportRow:
        """The row with the answers for its shelf and its medium."""
        if row.media and self.media.get(row.media, SKIP) == SKIP:
            return replace(row, skip_reason=f"Not a book: {row.media}.")
        if row.status or not row.shelf:
            return row
        answer = self.shelves.get(row.shelf, TAG)
        if answer == TAG:
            return replace(row, status=WANT_TO_READ, tags=(*row.tags, row.shelf))
        return replace(row, status=answer, readings=complete_readings(answer, row.readings))

    def settle_new(self, row: ImportRow) -> ImportRow | None:
        """The row of a book that the library does not have, with a status. None if it is to be left out."""
        if row.status:
            return row
        if self.without_status == SKIP:
            return None
        readings = complete_readings(self.without_status, row.readings)
        return replace(row, status=self.without_status, readings=readings)


def list_questions(rows: Iterable[ImportRow]) -> dict[str, list[dict[str, Any]]]:
    """The shelves and the media that a reader should decide on, with their numbers of rows."""
    shelves: Counter[str] = Counter()
    media: Counter[str] = Counter()
    for row in rows:
        if row.media:
            media[row.media] += 1
        elif row.shelf and not row.status:
            shelves[row.shelf] += 1
    return {"shelves": _to_list(shelves), "media": _to_list(media)}


def _to_list(counts: Counter[str]) -> list[dict[str, Any]]:
    return [{"name": name, "rows": number} for name, number in counts.most_common(MAX_QUESTIONS)]
