"""The lossless export of a library: docs/library-export.schema.json describes the document."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from books.models import Book, Source
from users.models import LibraryEntry, User

FORMAT, VERSION = "colophon-library", 1
PRIVATE_SOURCES = {Source.MANUAL, Source.IMPORT}  # their keys identify nothing in other installations
BATCH = 500  # entries that are loaded at once


def load_entries(owner: User | None) -> Iterator[LibraryEntry]:
    """All entries in the order in which they were added. Owner None is the shared library."""
    entries = LibraryEntry.objects.owned_by(owner).select_related("book").order_by("pk")
    related = entries.prefetch_related("book__authorships__author", "readings", "tags", "origins")
    return iter(related.iterator(chunk_size=BATCH))


def write_document(owner: User | None) -> Iterator[str]:
    """The parts of the document, one entry at a time."""
    head = {"format": FORMAT, "version": VERSION, "exported_at": timezone.now().isoformat(timespec="seconds")}
    yield f'{json.dumps(head)[:-1]}, "entries": ['
    for number, entry in enumerate(load_entries(owner)):
        yield f"{',' if number else ''}\n{json.dumps(describe_entry(entry), ensure_ascii=False)}"
    yield "\n]}\n"


def describe_entry(entry: LibraryEntry) -> dict[str, Any]:
    return {
        "book": describe_book(entry),
        "status": entry.status,
        "rating": None if entry.rating is None else str(entry.rating),
        "progress": entry.progress,
        "review": entry.review,
        "contains_spoilers": entry.contains_spoilers,
        "notes": entry.notes,
        "tags": [tag.name for tag in entry.tags.all()],
        "owned": entry.owned,
        "format": entry.format,
        "added_on": entry.added_on.isoformat() if entry.added_on else None,
        "readings": [
            {"started_on": to_text(each.started_on), "finished_on": to_text(each.finished_on), "outcome": each.outcome}
            for each in entry.readings.all()
        ],
        "imported_from": [
            {"source": each.source, "id": each.source_id, "raw": each.raw}
            for each in entry.origins.all()
            if each.source != FORMAT
        ],
    }


def describe_book(entry: LibraryEntry) -> dict[str, Any]:
    """What identifies the book. A book from an import keeps the source that the imported document states."""
    book: Book = entry.book
    identity: dict[str, Any] = {"source": book.source, "source_key": book.source_key}
    if book.source in PRIVATE_SOURCES:
        origin: dict[str, Any] = next((each.raw for each in entry.origins.all() if each.source == FORMAT), {})
        identity = {"source": origin.get("source"), "source_key": origin.get("source_key")}
    return {
        "title": book.title,
        "subtitle": book.subtitle,
        "authors": [each.shown_name for each in book.authorships.all()],
        "isbn_13": book.isbn_13,
        "work_key": book.work_key,
        "first_publish_year": book.first_publish_year,
        **identity,
    }


def to_text(value: Any) -> str | None:
    return None if value is None else str(value)
