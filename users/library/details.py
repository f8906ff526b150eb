"""Changes of several fields of an entry that overwrite nothing the reader has not seen."""

import csv
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from core.text import fold_to_key
from users.library.entries import EntryChanged, change_locked_entry, keep_line_breaks, lock_entry
from users.library.tags import has_too_many_tags
from users.models import LibraryEntry, User
from users.models.tag import MAX_TAG, MAX_TAGS, UNCOMPARABLE

REVIEW = ("review", "contains_spoilers")
DETAILS = ("tags", "owned", "format", "progress_page", "progress_percent", "added_on")


def digest_fields(entry: LibraryEntry, fields: Iterable[str]) -> str:
    """Identifies the values that a reader has seen."""
    values = [list_tag_names(entry) if name == "tags" else str(getattr(entry, name)) for name in sorted(fields)]
    return sha256(repr(values).encode()).hexdigest()[:16]


def list_tag_names(entry: LibraryEntry) -> list[str]:
    return [tag.name for tag in entry.tags.all()]


@transaction.atomic
def change_seen_fields(*, owner: User | None, pk: int, seen: str, changes: dict[str, Any]) -> LibraryEntry:
    """Sets the fields. `seen` is the digest of their values that the reader has edited.

    Raises Http404, EntryChanged if one of these fields has another value now (other fields are no conflict), or
    ValidationError for too many tags or a new tag of accents only.
    """
    entry = lock_entry(owner, pk)
    if digest_fields(entry, changes) != seen:
        raise EntryChanged(entry)
    check_tags(entry, changes.get("tags", []))
    if "review" in changes:
        changes = {**changes, "review": keep_line_breaks(entry.review, changes["review"])}
    change_locked_entry(entry, changes)
    return entry


def check_tags(entry: LibraryEntry, names: list[str]) -> None:
    """Raises ValidationError. The entry can keep tags that earlier versions stored, such as those of accents only."""
    if has_too_many_tags(entry, names):
        raise ValidationError({"tags": describe_excess(names)})
    stored = set(list_tag_names(entry))
    if problem := describe_uncomparable(name for name in names if name not in stored):
        raise ValidationError({"tags": problem})


def describe_uncomparable(names: Iterable[str]) -> str:
    """The problem with the first name that has only accents; empty if there is no such name."""
    return next((UNCOMPARABLE.format(name=name) for name in names if not fold_to_key(name)), "")


def describe_excess(names: Iterable[str]) -> str:
    number = len(set(map(fold_to_key, names)))
    return f"A book can have {MAX_TAGS} tags, and these are {number}. Remove some of them."


def join_tag_names(entry: LibraryEntry) -> str:
    """The names as `parse_tag_names` reads them."""
    return ", ".join(map(quote_tag_name, list_tag_names(entry)))


def quote_tag_name(name: str) -> str:
    """The name as a part of a list that is separated by commas."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if "," in name or name.startswith('"') else name


def parse_tag_names(text: str) -> list[str]:
    """Reads names separated by commas. A name with a comma is in double quotes.

    Raises ValueError for a name that is too long. A book can have MAX_TAGS of them.
    """
    line = " ".join(text.split())
    names = [name.strip() for name in next(csv.reader([line], skipinitialspace=True), []) if name.strip()]
    for name in names:
        if len(name) > MAX_TAG:
            raise ValueError(f"The tag “{name[:20]}…” is longer than {MAX_TAG} characters. Separate tags by commas.")
    return names
