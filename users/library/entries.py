"""Changes of library entries."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from core.db.updates import update_row
from users.models import LibraryEntry


def lock_entry(owner: Any, pk: int | str) -> LibraryEntry:
    """Returns an entry of the owner, locked until the end of the transaction. Raises Http404."""
    entries = LibraryEntry.objects.select_for_update(of=("self",)).owned_by(owner)
    entry: LibraryEntry = get_object_or_404(entries.select_related("book"), pk=pk)
    return entry


def change_locked_entry(entry: LibraryEntry, changes: dict[str, Any]) -> None:
    """Sets the fields, and gives the entry a new ETag. Raises Http404 if the entry was deleted."""
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.version += 1
    update_row(entry)


@transaction.atomic
def change_entry(*, owner: Any, pk: int, changes: dict[str, Any]) -> None:
    """Raises Http404."""
    change_locked_entry(lock_entry(owner, pk), changes)


@transaction.atomic
def remove_entry(*, owner: Any, pk: int) -> None:
    """The book stays in the catalogue. Raises Http404."""
    lock_entry(owner, pk).delete()
