"""Changes of library entries."""

import re
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from books.models import Book
from core.db.updates import update_row
from users.library.tags import delete_unused_tags, set_tags
from users.models import LibraryEntry, Reading, User

LINE_BREAK = re.compile(r"\r\n?|\n")


class EntryChanged(Exception):
    """The entry has other values than the reader has seen. `entry` is the current one."""

    def __init__(self, entry: LibraryEntry) -> None:
        super().__init__(f"entry {entry.pk} has changed")
        self.entry = entry


class ReadingChanged(Exception):
    """The reading has other values than the reader has seen. `reading` is the current one; None if it was deleted."""

    def __init__(self, reading: Reading | None) -> None:
        super().__init__("a reading has changed")
        self.reading = reading


class EntryRemoved(Exception):
    """The entry that the reader has seen is no longer in the library."""


def lock_entry(owner: Any, pk: int | str) -> LibraryEntry:
    """Returns an entry of the owner, locked until the end of the transaction. Raises Http404."""
    entries = LibraryEntry.objects.select_for_update(of=("self",)).owned_by(owner)
    entry: LibraryEntry = get_object_or_404(entries.select_related("book"), pk=pk)
    return entry


def change_locked_entry(entry: LibraryEntry, changes: dict[str, Any]) -> None:
    """Sets the fields, and gives the entry a new ETag. `tags` are names. Raises Http404 if the entry was deleted."""
    fields = dict(changes)
    tags = fields.pop("tags", None)
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.version += 1
    update_row(entry)
    if tags is not None:
        set_tags(entry, tags)


def delete_entry(entry: LibraryEntry) -> None:
    """Deletes the entry with its readings, and tags that no other entry has."""
    tags = [tag.pk for tag in entry.tags.all()]
    entry.delete()
    delete_unused_tags(tags)


@transaction.atomic
def add_or_change_entry(*, owner: User | None, book: Book, changes: dict[str, Any], seen: dict[str, Any]) -> bool:
    """Adds the book with the values in `changes`, or changes the entry. Returns whether the entry is new.

    `seen` has the values that the reader has seen, without a status if there was no entry. Raises EntryChanged if a
    value to change is another one now, unless it is the wanted one. Raises EntryRemoved.
    """
    if not seen.get("status"):
        entry, is_new = LibraryEntry.objects.get_or_create(user=owner, book=book, defaults=changes)
        if is_new:
            return True
    entry = _lock_entry_of(owner, book)
    changes = {name: value for name, value in changes.items() if value != seen.get(name)}
    if any(getattr(entry, name) not in (seen.get(name), value) for name, value in changes.items()):
        raise EntryChanged(entry)
    if any(getattr(entry, name) != value for name, value in changes.items()):
        change_locked_entry(entry, changes)
    return False


@transaction.atomic
def remove_entry(*, owner: User | None, book: Book, version: str) -> None:
    """Removes the entry of the book, which stays in the catalogue. `version` is the one that the reader has seen.

    Raises EntryChanged, or EntryRemoved.
    """
    entry = _lock_entry_of(owner, book)
    if str(entry.version) != version:
        raise EntryChanged(entry)
    delete_entry(entry)


def _lock_entry_of(owner: User | None, book: Book) -> LibraryEntry:
    """Raises EntryRemoved."""
    entries = LibraryEntry.objects.select_for_update(of=("self",)).owned_by(owner)
    entry: LibraryEntry | None = entries.filter(book=book).select_related("book").first()
    if entry is None:
        raise EntryRemoved
    return entry


def digest_notes(notes: str) -> str:
    """Identifies the text that a reader has seen."""
    return sha256(notes.encode()).hexdigest()[:16]


@transaction.atomic
def change_notes(*, owner: Any, pk: int, seen: str, notes: str) -> LibraryEntry:
    """`seen` is the digest of the notes that the reader has edited.

    Raises Http404, or EntryChanged if the stored notes are others: another status or rating is no conflict.
    """
    entry = lock_entry(owner, pk)
    if digest_notes(entry.notes) != seen:
        raise EntryChanged(entry)
    change_locked_entry(entry, {"notes": keep_line_breaks(entry.notes, notes)})
    return entry


def keep_line_breaks(stored: str, sent: str) -> str:
    """The stored text if the sent one differs only in its line breaks: browsers send others than the stored ones."""
    is_same = "\n".join(LINE_BREAK.split(stored)) == "\n".join(LINE_BREAK.split(sent))
    return stored if is_same else sent


def digest_reading(reading: Reading) -> str:
    """Identifies the values that a reader has seen."""
    values = (str(reading.started_on), str(reading.finished_on), str(reading.outcome))
    return sha256(repr(values).encode()).hexdigest()[:16]


@transaction.atomic
def add_reading(*, owner: Any, entry: int, reading: Reading) -> None:
    """Raises Http404 if the library has no such entry."""
    reading.entry = lock_entry(owner, entry)
    reading.save()
    reading.entry.bump_version()


@transaction.atomic
def change_reading(*, owner: Any, entry: int, pk: int, seen: str | None, values: dict[str, Any]) -> None:
    """Sets the values. `seen` is the digest of those that the reader has edited.

    Raises Http404 if the library has no such entry, or ReadingChanged.
    """
    locked = lock_entry(owner, entry)
    reading = _lock_reading(locked, pk, seen)
    for name, value in values.items():
        setattr(reading, name, value)
    reading.save()
    locked.bump_version()


@transaction.atomic
def remove_reading(*, owner: Any, entry: int, pk: int, seen: str | None = None) -> None:
    """Raises as `change_reading` does."""
    locked = lock_entry(owner, entry)
    _lock_reading(locked, pk, seen).delete()
    locked.bump_version()


def _lock_reading(entry: LibraryEntry, pk: int, seen: str | None) -> Reading:
    """The lock of the entry protects its readings."""
    reading = entry.readings.filter(pk=pk).first()
    if reading is None or seen not in {None, digest_reading(reading)}:
        raise ReadingChanged(reading)
    return reading


@transaction.atomic
def move_entry(*, owner: Any, pk: int, book: Book) -> LibraryEntry:
    """Changes the entry to another row of the same work; status, rating, notes and readings stay.

    Raises Http404, or ValidationError if the library holds that row already.
    """
    entry = lock_entry(owner, pk)
    try:
        with transaction.atomic():
            change_locked_entry(entry, {"book": book})
    except IntegrityError as error:
        raise ValidationError("The library holds that edition already. Remove one of the two entries first.") from error
    return entry
