"""Changes of several library entries at once, which can be undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from users.library.entries import change_locked_entry
from users.models import LibraryEntry, Reading, User

Snapshot = dict[str, Any]  # JSON values
Versions = Mapping[int, int]  # versions that the reader has seen, by entry id
ENTRY_FIELDS = ("book_id", "status", "rating", "notes", "version")


@dataclass(slots=True)
class BulkResult:
    """`undo` restores the changed entries. `conflicts` have another version than the reader has seen."""

    undo: list[Snapshot] = field(default_factory=list)
    conflicts: list[LibraryEntry] = field(default_factory=list)


@transaction.atomic
def change_statuses(*, owner: User | None, versions: Versions, status: str) -> BulkResult:
    """Sets the status of the entries that still have these versions."""
    result = BulkResult()
    for entry in _lock_current(owner, versions, result):
        result.undo.append({"entry": entry.pk, "status": entry.status, "version": entry.version + 1})
        change_locked_entry(entry, {"status": status})
    return result


@transaction.atomic
def remove_entries(*, owner: User | None, versions: Versions) -> BulkResult:
    """Removes the entries that still have these versions, with their readings."""
    result = BulkResult()
    for entry in _lock_current(owner, versions, result):
        result.undo.append(_take_snapshot(entry))
        entry.delete()
    return result


def _lock_current(owner: User | None, versions: Versions, result: BulkResult) -> list[LibraryEntry]:
    """The entries to change, locked in the order of their ids. Adds the others to the conflicts."""
    entries = LibraryEntry.objects.owned_by(owner).filter(pk__in=versions).order_by("pk")
    locked = list(entries.select_for_update(of=("self",)).select_related("book").prefetch_related("readings"))
    result.conflicts = [entry for entry in locked if entry.version != versions[entry.pk]]
    return [entry for entry in locked if entry.version == versions[entry.pk]]


def _take_snapshot(entry: LibraryEntry) -> Snapshot:
    values = {name: getattr(entry, name) for name in ENTRY_FIELDS}
    readings = [[_to_text(each.started_on), _to_text(each.finished_on)] for each in entry.readings.all()]
    created_at = entry.created_at.isoformat()
    return {**values, "rating": _to_text(entry.rating), "created_at": created_at, "readings": readings}


def _to_text(value: Any) -> str | None:
    return None if value is None else str(value)


@transaction.atomic
def undo(*, owner: User | None, snapshots: Iterable[Snapshot]) -> int:
    """Returns the number of restored entries. Entries that were changed or added again since stay as they are."""
    return sum(_reset(owner, each) if "entry" in each else _restore(owner, each) for each in snapshots)


def _reset(owner: User | None, snapshot: Snapshot) -> bool:
    entries = LibraryEntry.objects.owned_by(owner).select_for_update(of=("self",)).select_related("book")
    entry = entries.filter(pk=snapshot["entry"], version=snapshot["version"]).first()
    if entry is not None:
        change_locked_entry(entry, {"status": snapshot["status"]})
    return entry is not None


def _restore(owner: User | None, snapshot: Snapshot) -> bool:
    fields = {name: snapshot[name] for name in ("status", "rating", "notes")}
    version = snapshot["version"] + 1
    entry, is_new = LibraryEntry.objects.get_or_create(
        user=owner, book_id=snapshot["book_id"], defaults={**fields, "version": version}
    )
    if is_new:
        LibraryEntry.objects.filter(pk=entry.pk).update(created_at=parse_datetime(snapshot["created_at"]))
        Reading.objects.bulk_create(
            Reading(entry=entry, started_on=_to_date(started), finished_on=_to_date(finished))
            for started, finished in snapshot["readings"]
        )
    return bool(is_new)


def _to_date(text: str | None) -> Any:
    return parse_date(text) if text else None
