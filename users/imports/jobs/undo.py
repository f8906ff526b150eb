"""Undoes an import: removes new entries and empties filled fields, unless a person has changed them since."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from users.imports.jobs.imported_books import delete_unused_books
from users.imports.jobs.writing import to_json
from users.library.entries import change_locked_entry, delete_entry
from users.models import EntryOrigin, ImportJob, ImportJobRow, LibraryEntry, Reading

CHUNK = 200  # entries of a transaction
CHANGES = {"fields", "tags", "readings"}
EMPTY_COUNTS = {"removed": 0, "restored": 0, "kept": 0}


@transaction.atomic
def undo_chunk(job: ImportJob) -> bool:
    """Undoes the rows of the next entries. Returns whether entries are left."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    rows = job.rows.exclude(effects={}).exclude(entry=None)
    ids = list(rows.order_by("-entry").values_list("entry", flat=True).distinct()[:CHUNK])
    by_entry: defaultdict[int, list[ImportJobRow]] = defaultdict(list)
    for row in rows.filter(entry__in=ids).order_by("-number"):
        by_entry[row.entry_id or 0].append(row)
    entries = LibraryEntry.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    counts = {**EMPTY_COUNTS, **job.undone}
    for entry in entries.select_related("book").prefetch_related("readings", "tags", "origins"):
        if result := undo_entry(entry, by_entry[entry.pk]):
            counts[result] += 1
    job.rows.filter(entry__in=ids).update(effects={}, lookup=ImportJobRow.Lookup.NONE)
    job.undone = counts
    if len(ids) < CHUNK:
        delete_unused_books(job.pk)
        job.rows.update(effects={}, lookup=ImportJobRow.Lookup.NONE)
        job.state, job.finished_at = ImportJob.State.UNDONE, timezone.now()
    job.save()
    return len(ids) == CHUNK


def undo_entry(entry: LibraryEntry, rows: list[ImportJobRow]) -> str | None:
    """Returns what became of the entry: removed, restored or kept. None if the import had not changed it."""
    is_untouched = entry.version == max(row.effects["version"] for row in rows)
    is_new = any(row.effects["is_new"] for row in rows)
    if is_new and is_untouched:
        delete_entry(entry)
        return "removed"
    if is_new:
        return "kept"
    restored = [restore(entry, row.effects) for row in rows]
    if any(restored):
        return "restored"
    return "kept" if any(CHANGES & row.effects.keys() for row in rows) else None


def restore(entry: LibraryEntry, effects: dict[str, Any]) -> bool:
    """Removes the additions of a row, except values that a person changed since. Returns whether the entry changed."""
    filled = effects.get("fields", {})
    changes = {name: before for name, (before, after) in filled.items() if to_json(getattr(entry, name)) == after}
    tags = [tag.name for tag in entry.tags.all() if tag.pk not in effects.get("tags", [])]
    removed = [row for row in effects.get("readings", []) if remove_reading(entry, row)]
    EntryOrigin.objects.filter(pk__in=effects.get("origins", [])).delete()
    if not (changes or removed or len(tags) < len(entry.tags.all())):
        return False
    change_locked_entry(entry, {**changes, "tags": tags})
    return True


def remove_reading(entry: LibraryEntry, row: list[Any]) -> bool:
    """Deletes the reading if it has the imported values."""
    pk, started, finished, outcome = row
    unchanged = Reading.objects.filter(pk=pk, entry=entry, started_on=started, finished_on=finished, outcome=outcome)
    return bool(unchanged.delete()[0])
