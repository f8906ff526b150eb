"""Saves a book to a library. Open Library is read before the transaction that writes the book and the entry."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from books.ingest import ingest
from books.models import Book
from books.openlibrary.lookup import fetch_edition, fetch_work
from books.records import BookRecord
from users.models import LibraryEntry, User


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRequest:
    """Identifies the book to save: a catalogue row, or the work key or the ISBN of Open Library. One field is set."""

    book: Book | None = None
    work_key: str | None = None
    isbn: str | None = None


def save_book(*, owner: User | None, save_request: SaveRequest, **fields: Any) -> tuple[LibraryEntry, bool]:
    """Returns the entry and whether it is new. An existing entry is not changed. Owner None is the shared library.

    Simultaneous saves of one book create one catalogue row and one entry. Raises OpenLibraryError if the book is not
    in the catalogue and cannot be fetched, and RecordError if the fetched record cannot be used.
    """
    book = save_request.book or find_in_catalogue(save_request)
    record = None if book else fetch_record(save_request)
    with transaction.atomic():
        book = book or get_or_ingest(record)
        entry, created = LibraryEntry.objects.get_or_create(user=owner, book=book, defaults=fields)
    return entry, created


def find_in_catalogue(save_request: SaveRequest) -> Book | None:
    if save_request.work_key:
        return Book.objects.filter(source="open_library", source_key=save_request.work_key).first()
    return Book.objects.filter(isbn_13=save_request.isbn).order_by("pk").first()


def fetch_record(save_request: SaveRequest) -> BookRecord:
    if save_request.work_key:
        return fetch_work(save_request.work_key)
    assert save_request.isbn is not None
    return fetch_edition(save_request.isbn)


def get_or_ingest(record: BookRecord | None) -> Book:
    """Returns the catalogue row of the record. An existing row is not changed.

    The row can exist although the request's own key did not find it: a work may be redirected, and an edition may have
    several ISBNs.
    """
    assert record is not None
    rows = Book.objects.filter(source=record.source, source_key=record.source_key)
    book = rows.first()
    if book is None:
        ingest([record])
        book = rows.get()
    return book
