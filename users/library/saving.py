"""Putting a book on a shelf. Reads the outside first, with no transaction open, then writes all of it in one."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from books.ingest import ingest
from books.models import Book
from books.openlibrary.lookup import fetch_edition, fetch_work
from books.records import BookRecord
from users.models import LibraryEntry, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which book: one of the catalogue by its id, or Open Library's by a work's key or an edition's ISBN."""

    book: Book | None = None
    work_key: str | None = None
    isbn: str | None = None


def save_book(*, owner: User | None, wanted: Wanted, **fields: Any) -> tuple[LibraryEntry, bool]:
    """The entry, and whether it is new; one that stands already is left as it is. `owner` None is the shared shelf.

    Raises OpenLibraryError where a book that the catalogue lacks cannot be fetched, RecordError where its record
    cannot be used. Several saves of one book at a time make one book and one entry.
    """
    book = wanted.book or in_catalogue(wanted)
    record = None if book else fetch(wanted)
    with transaction.atomic():
        book = book or keep(record)
        entry, created = LibraryEntry.objects.get_or_create(user=owner, book=book, defaults=fields)
    return entry, created


def in_catalogue(wanted: Wanted) -> Book | None:
    if wanted.work_key:
        return Book.objects.filter(source="open_library", source_key=wanted.work_key).first()
    return Book.objects.filter(isbn_13=wanted.isbn).order_by("pk").first()


def fetch(wanted: Wanted) -> BookRecord:
    if wanted.work_key:
        return fetch_work(wanted.work_key)
    assert wanted.isbn is not None
    return fetch_edition(wanted.isbn)


def keep(record: BookRecord | None) -> Book:
    """The record's row; one that stands already is left as it is, whoever asks for it by whichever ISBN."""
    assert record is not None
    stored = Book.objects.filter(source=record.source, source_key=record.source_key)
    book = stored.first()
    if book is None:
        ingest([record])
        book = stored.get()
    return book
