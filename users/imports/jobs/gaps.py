"""Compares a row with the entry that the library has already, and lists the additions."""

from collections import Counter
from typing import Any

from core.text import fold_to_key
from users.imports.rows import ImportedReading, ImportRow
from users.models import LibraryEntry, Reading
from users.models.tag import MAX_TAGS

# The value with which a field of an entry states nothing.
EMPTY = {
    "rating": None, "review": "", "contains_spoilers": False, "notes": "", "owned": False,
    "format": LibraryEntry.Format.UNKNOWN, "progress_page": None, "progress_percent": None, "added_on": None,
}  # fmt: skip
PROGRESS = {"progress_page", "progress_percent"}


def stated_fields(row: ImportRow) -> dict[str, Any]:
    """The fields of an entry that the row states."""
    stated = {name: getattr(row, name) for name in EMPTY}
    return {name: value for name, value in stated.items() if value is not None and value != EMPTY[name]}


def find_changes(entry: LibraryEntry, row: ImportRow, *, overwrite: bool) -> dict[str, Any]:
    """New values of fields: those that state nothing yet, or with `overwrite` all that differ."""
    stated = stated_fields(row)
    if overwrite:
        stated |= {"status": row.status} if row.status else {}
        stated |= dict.fromkeys(PROGRESS - set(stated)) if PROGRESS & set(stated) else {}
        return {name: value for name, value in stated.items() if getattr(entry, name) != value}
    if entry.progress is not None:
        stated = {name: value for name, value in stated.items() if name not in PROGRESS}
    if entry.review:
        stated.pop("contains_spoilers", None)  # is about the row's review, which is not used
    return {name: value for name, value in stated.items() if getattr(entry, name) == EMPTY[name]}


def find_new_tags(entry: LibraryEntry, row: ImportRow) -> tuple[list[str], int]:
    """Tags that the entry does not have, and the number of those for which it has no room."""
    existing = {tag.name_key for tag in entry.tags.all()}
    new = {fold_to_key(name): name for name in reversed(row.tags)}
    names = [name for key, name in reversed(new.items()) if key not in existing]
    room = max(0, MAX_TAGS - len(existing))
    return names[:room], len(names[room:])


def find_new_readings(entry: LibraryEntry, row: ImportRow) -> list[ImportedReading]:
    """Readings that the entry does not have. Undated ones are compared by their number."""
    existing = list(entry.readings.all())
    dated = [reading for reading in row.readings if reading.started_on or reading.finished_on]
    new = [reading for reading in dated if not any(_is_same(each, reading) for each in existing)]
    undated = Counter(reading.outcome for reading in row.readings if reading not in dated)
    for outcome, number in undated.items():
        stated = sum(reading.outcome == outcome for reading in dated) + number
        present = sum(each.outcome == outcome for each in existing) + sum(each.outcome == outcome for each in new)
        new += [ImportedReading(outcome=outcome)] * min(number, max(0, stated - present))
    return new


def _is_same(reading: Reading, stated: ImportedReading) -> bool:
    """Whether the reading has the stated dates; a start that one of the two does not state is no difference."""
    if reading.finished_on != stated.finished_on:
        return False
    starts = {reading.started_on, stated.started_on} - {None}
    return len(starts) <= 1 and (reading.finished_on is not None or reading.started_on == stated.started_on)


def to_reading(entry: LibraryEntry, stated: ImportedReading) -> Reading:
    reading = Reading(entry=entry, started_on=stated.started_on, finished_on=stated.finished_on, outcome=stated.outcome)
    reading.complete_outcome()
    return reading
