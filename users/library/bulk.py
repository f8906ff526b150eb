"""Changes of several library entries at once, which can be undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from core.text import fold_to_key
from users.library.entries import change_locked_entry, delete_entry
from users.library.tags import has_too_many_tags, set_tags
from users.models import EntryOrigin, LibraryEntry, Reading, User

Snapshot = dict[str, Any]  # JSON values
Versions = Mapping[int, int]  # versions that the reader has seen, by entry id
ENTRY_FIELDS = (
    "status", "rating", "review", "contains_spoilers", "notes", "owned", "format", "progress_page", "progress_percent",
    "added_on",
)  # fmt: skip
RELATED = ("readings", "tags", "origins")


@dataclass(slots=True)
class BulkResult:
    """`undo` restores the changed entries. `conflicts` have another version than the reader has seen.

    `full` would have more tags than a book can have, and are unchanged.
    """

    undo: list[Snapshot] = field(default_factory=list)
    conflicts: list[LibraryEntry] = field(default_factory=list)
    full: list[LibraryEntry] = field(default_factory=list)


@transaction.atomic
def change_statuses(*, owner: User | None, versions: Versions, status: str) -> BulkResult:
    """Sets the status of the entries that still have these versions."""
    result = BulkResult()
    for entry in _lock_current(owner, versions, result):
        result.undo.append({"entry": entry.pk, "status": entry.status, "version": entry.version + 1})
        change_locked_entry(entry, {"status": status})
    return result


@transaction.atomic
def change_tags(
    *, owner: User | None, versions: Versions, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> BulkResult:
    """Adds and removes tags, given by their names, of the entries that still have these versions."""
    result, added, removed = BulkResult(), list(add), {fold_to_key(name) for name in remove}
    for entry in _lock_current(owner, versions, result):
        tags = [tag.name for tag in entry.tags.all()]
        wanted = [*(tag for tag in tags if fold_to_key(tag) not in removed), *added]
        if has_too_many_tags(entry, wanted):
            result.full.append(entry)
            continue
        result.undo.append({"entry": entry.pk, "tags": tags, "version": entry.version + 1})
        change_locked_entry(entry, {"tags": wanted})
    return result


@transaction.atomic
def remove_entries(*, owner: User | None, versions: Versions) -> BulkResult:
    """Removes the entries that still have these versions, with their readings."""
    result = BulkResult()
    for entry in _lock_current(owner, versions, result):
        result.undo.append(_take_snapshot(entry))
        delete_entry(entry)
    return result


def _lock_current(owner: User | None, versions: Versions, result: BulkResult) -> list[LibraryEntry]:
    """The entries to change, locked in the order of their ids. Adds the others to the conflicts."""
    entries = LibraryEntry.objects.owned_by(owner).filter(pk__in=versions).order_by("pk")
    locked = list(entries.select_for_update(of=("self",)).select_related("book").prefetch_related(*RELATED))
    result.conflicts = [entry for entry in locked if entry.version != versions[entry.pk]]
    return [entry for entry in locked if entry.version == versions[entry.pk]]


def _take_snapshot(entry: LibraryEntry) -> Snapshot:
    return {
        "book": entry.book_id,
        "version": entry.version,
        "created_at": entry.created_at.isoformat(),
        "fields": {name: _to_json(getattr(entry, name)) for name in ENTRY_FIELDS},
        "tags": [tag.name for tag in entry.tags.all()],
        "readings": [
            [_to_json(each.started_on), _to_json(each.finished_on), each.outcome] for each in entry.readings.all()
        ],
        "origins": [[each.source, each.source_id, each.raw] for each in entry.origins.all()],
    }


def _to_json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


@transaction.atomic
def undo(*, owner: User | None, snapshots: Iterable[Snapshot]) -> int:
    """Returns the number of restored entries. Entries that were changed or added again since stay as they are."""
    return sum(_reset(owner, each) if "entry" in each else _restore(owner, each) for each in snapshots)


def _reset(owner: User | None, snapshot: Snapshot) -> bool:
    entries = LibraryEntry.objects.owned_by(owner).select_for_update(of=("self",)).select_related("book")
    entry = entries.filter(pk=snapshot["entry"], version=snapshot["version"]).first()
    if entry is not None:
        change_locked_entry(entry, {name: snapshot[name] for name in ("status", "tags") if name in snapshot})
    return entry is not None


def _restore(owner: User | None, snapshot: Snapshot) -> bool:
    fields = {**snapshot["fields"], "version": snapshot["version"] + 1}
    entry, is_new = LibraryEntry.objects.get_or_create(user=owner, book_id=snapshot["book"], defaults=fields)
    if is_new:
        LibraryEntry.objects.filter(pk=entry.pk).update(created_at=parse_datetime(snapshot["created_at"]))
        _restore_related(entry, snapshot)
    return bool(is_new)


def _restore_related(entry: LibraryEntry, snapshot: Snapshot) -> None:
    set_tags(entry, snapshot["tags"])
    Reading.objects.bulk_create(
        Reading(entry=entry, started_on=started, finished_on=finished, outcome=outcome)
        for started, finished, outcome in snapshot["readings"]
    )
    EntryOrigin.objects.bulk_create(
        EntryOrigin(entry=entry, source=source, source_id=source_id, raw=raw)
        for source, source_id, raw in snapshot["origins"]
    )
