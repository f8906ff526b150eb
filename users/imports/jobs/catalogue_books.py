"""Replaces private books of an import by the books of Open Library that they certainly are.

The private book becomes the catalogue row of Open Library, with the same id, so that its pages and forms stay valid. If
the catalogue has that row already, the library entries change to it. Neither is a change of the entry itself.
"""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from books.ingest import ingest
from books.models import Book, Source
from books.openlibrary.editions import EditionDetails
from books.publication import publish_authors
from books.records import BookRecord
from users.imports.jobs.imported_books import delete_if_unused
from users.imports.jobs.row_values import from_values
from users.imports.rows import ImportedBook
from users.models import ImportJobRow, LibraryEntry

PERSON = "person"


def replace_private_books(rows: Collection[ImportJobRow], found: dict[int, EditionDetails]) -> None:
    """`found` is by the id of the row. Rows keep a book that a person has chosen. The rows are not saved."""
    wanted = find_records(rows, found)
    books = find_private_books(wanted)
    known = find_known(list(wanted.values()))
    replaced: dict[int, BookRecord] = {}
    added: dict[str, BookRecord] = {}
    for pk, record in wanted.items():
        if (book := books.get(pk)) is None or record.source_key in added:
            continue
        if existing := known.get(record.source_key):
            replaced |= {pk: record} if change_book(book, existing) else {}
        elif become(book, record):
            replaced[pk] = added[record.source_key] = record
    ingest(added.values())
    publish_authors(list(replaced))
    for row in rows:
        if row.book_id in replaced:
            settle(row)


def find_records(rows: Collection[ImportJobRow], found: dict[int, EditionDetails]) -> dict[int, BookRecord]:
    """The records of the books that are certain, by the id of the private book."""
    records = {}
    for row in rows:
        details = found.get(row.pk)
        if row.book_id is None or row.match == PERSON or details is None or details.record is None:
            continue
        if is_certain(from_values(row.values).book, details):
            records[row.book_id] = details.record
    return records


def find_private_books(keys: Collection[int]) -> dict[int, Book]:
    """Without those that no library has any more, and without those that staff have published or edited."""
    books = Book.objects.filter(source=Source.IMPORT, is_published=False, curated_fields=None)
    held = LibraryEntry.objects.filter(book__in=keys).order_by().values("book")
    return books.filter(pk__in=held).select_for_update(of=("self",)).in_bulk(list(keys))


def settle(row: ImportJobRow) -> None:
    """A row that was to be reviewed needs no decision any more."""
    stated = from_values(row.values).book
    row.match = "isbn" if stated.isbn_13 and not stated.edition_key else "key"
    if row.outcome == ImportJobRow.Outcome.NEEDS_REVIEW:
        row.outcome, row.reason, row.suggestions = ImportJobRow.Outcome.CREATED, "", []


def is_certain(stated: ImportedBook, details: EditionDetails) -> bool:
    """An edition with another ISBN is another book. A record without authors would lose those of the row."""
    has_other_isbn = bool(stated.isbn_13 and details.isbns and stated.isbn_13 not in details.isbns)
    return not has_other_isbn and bool(details.authors or not stated.authors)


def find_known(records: Collection[BookRecord]) -> dict[str, Book]:
    """The catalogue's rows of these records, by their key at Open Library."""
    keys = [record.source_key for record in records]
    return {book.source_key: book for book in Book.objects.filter(source=Source.OPEN_LIBRARY, source_key__in=keys)}


def become(book: Book, record: BookRecord) -> bool:
    """Gives the book the identity of the record, which ingest then completes. False if another process was faster."""
    try:
        with transaction.atomic():
            Book.objects.filter(pk=book.pk).update(
                source=record.source, source_key=record.source_key, is_published=True, updated_at=timezone.now()
            )
    except IntegrityError:
        return False
    return True


def change_book(book: Book, existing: Book) -> bool:
    """Returns False if staff have withdrawn the existing book, or if the library has it already."""
    entries = LibraryEntry.objects.filter(book=book)
    owners = list(entries.values_list("user", flat=True))
    if not existing.is_published or LibraryEntry.objects.filter(book=existing, user__in=owners).exists():
        return False
    entries.update(book=existing, updated_at=timezone.now())
    ImportJobRow.objects.filter(book=book).update(book=existing)
    delete_if_unused(book)
    return True
