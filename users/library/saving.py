"""Saves a book to a library. Open Library is read before the transaction that writes the book and the entry."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from books.ingest import ingest
from books.models import Book
from books.openlibrary.book_lookup import FetchedBook, fetch_edition, fetch_edition_by_isbn, fetch_work
from books.openlibrary.documents import resolve
from books.openlibrary.errors import NotFound
from books.openlibrary.parsing import SOURCE
from books.records import BookRecord, RecordError
from core.text import fold_to_key
from users.library.tags import set_tags
from users.models import LibraryEntry, User

MAX_CANDIDATES = 3  # the number of works with the same title that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRequest:
    """Identifies the book to save: a catalogue row, or a work, an edition or an ISBN of Open Library. One is set."""

    book: Book | None = None
    work_key: str | None = None
    edition_key: str | None = None
    isbn: str | None = None


def save_book(*, owner: User | None, save_request: SaveRequest, **fields: Any) -> tuple[LibraryEntry, bool]:
    """Returns the entry and whether it is new. An existing entry is not changed. Owner None is the shared library.

    `fields` are those of a new entry; `tags` are names.

    Simultaneous saves of one book create one catalogue row and one entry. Raises OpenLibraryError if the book is not
    in the catalogue and cannot be fetched, and RecordError if the fetched record cannot be used.
    """
    book = save_request.book or find_in_catalogue(save_request, owner)
    fetched = None if book else fetch_book(save_request)
    tags = fields.pop("tags", ())
    with transaction.atomic():
        book = book or get_or_ingest(fetched)
        entry, created = LibraryEntry.objects.get_or_create(user=owner, book=book, defaults=fields)
        if created and tags:
            set_tags(entry, tags)
    return entry, created


def find_or_fetch_book(*, owner: User | None, save_request: SaveRequest) -> Book:
    """The catalogue row of the book, which is created if only Open Library has it. Raises as `save_book` does."""
    if book := save_request.book or find_in_catalogue(save_request, owner):
        return book
    fetched = fetch_book(save_request)
    with transaction.atomic():
        return get_or_ingest(fetched)


def find_in_catalogue(save_request: SaveRequest, owner: User | None) -> Book | None:
    """A published book, or an unpublished one of the owner's library."""
    books: QuerySet[Book] = Book.objects.published_or_in(owner).order_by("-is_published", "pk")
    if save_request.isbn:
        return books.filter(isbn_13=save_request.isbn).first()
    books = books.filter(source=SOURCE)
    if save_request.edition_key:
        return books.filter(source_key=save_request.edition_key).first()
    is_work = Q(work_key=save_request.work_key, source_key__endswith="W")  # merged since it was saved
    return books.filter(Q(source_key=save_request.work_key) | is_work).first()


def fetch_book(save_request: SaveRequest) -> FetchedBook:
    """Raises OpenLibraryError or RecordError."""
    if save_request.work_key:
        fetched = fetch_work(save_request.work_key)
        return replace(fetched, earlier_keys=(*fetched.earlier_keys, *find_merged_keys(fetched.record)))
    if save_request.edition_key:
        return fetch_edition(save_request.edition_key)
    assert save_request.isbn is not None
    return fetch_edition_by_isbn(save_request.isbn)


def find_merged_keys(work: BookRecord) -> list[str]:
    """The keys of works in the catalogue that Open Library has merged into this one since they were saved.

    A merged work nearly always has the same title. Its record is read, because other works have equal titles.
    """
    title_key = fold_to_key(f"{work.title} {work.subtitle or ''}")
    works = Book.objects.filter(source=SOURCE, source_key__endswith="W", title_key=title_key)
    keys = works.exclude(source_key=work.source_key).values_list("source_key", flat=True)[:MAX_CANDIDATES]
    return [key for key in keys if is_merged_into(key, work.source_key)]


def is_merged_into(key: str, other_key: str) -> bool:
    try:
        return resolve(f"/works/{key}", "work").key == other_key
    except (NotFound, RecordError):
        return False


def get_or_ingest(fetched: FetchedBook | None) -> Book:
    """Returns the catalogue row of the book. An existing row is changed only if its key has been replaced since.

    The row can exist although the request's own key did not find it: records are merged, and an edition may have
    several ISBNs.
    """
    assert fetched is not None
    record = fetched.record
    keys = [record.source_key, *fetched.earlier_keys]
    rows = Book.objects.filter(source=record.source, source_key__in=keys).order_by("pk")
    book = rows.filter(source_key=record.source_key).first() or rows.first()
    if book is None or book.source_key != record.source_key:
        ingest([replace(record, source_key=book.source_key) if book else record])
    return book or rows.get()
