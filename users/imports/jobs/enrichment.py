"""Adds data of Open Library to imported books, in batches. The library is complete without it."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.ingest import ingest
from books.models import Book, Source
from books.openlibrary.editions import MAX_KEYS, EditionDetails, fetch_editions, fetch_works
from books.openlibrary.errors import OpenLibraryError
from books.records import AuthorRecord, BookRecord, RecordError
from users.imports.jobs.catalogue_books import replace_private_books
from users.imports.jobs.planning import Lookup, Outcome, plan_rows, to_record
from users.imports.jobs.row_values import from_values
from users.imports.jobs.writing import carry_out, take_distinct
from users.imports.rows import ImportedBook
from users.models import ImportJob, ImportJobRow

RETRY_AFTER = timedelta(minutes=5)
UNKNOWN = "Open Library does not know this book. Enter its title, or skip the row."


def look_up_batch(job: ImportJob) -> bool:
    """Requests the next books from Open Library, with at most three requests.

    Returns whether the next batch can follow at once. If Open Library is unavailable, the job retries after
    RETRY_AFTER.
    """
    if job.retry_at is not None and job.retry_at > timezone.now():
        return False
    rows = list(job.rows.filter(lookup=Lookup.WAITING).order_by("number")[:MAX_KEYS])
    try:
        found = look_up(rows)
    except OpenLibraryError:
        ImportJob.objects.filter(pk=job.pk).update(retry_at=timezone.now() + RETRY_AFTER)
        return False
    store(job, rows, found)
    return len(rows) == MAX_KEYS


def look_up(rows: list[ImportJobRow]) -> dict[int, EditionDetails]:
    """What Open Library states, by the id of the row. Raises OpenLibraryError."""
    books = {row.pk: from_values(row.values).book for row in rows}
    editions = {pk: key for pk, book in books.items() if (key := find_bibkey(book))}
    works = {pk: book.work_key for pk, book in books.items() if book.work_key and pk not in editions}
    by_edition = fetch_editions(list(dict.fromkeys(editions.values()))) if editions else {}
    by_work = fetch_works(list(dict.fromkeys(works.values()))) if works else {}
    found = {pk: by_edition.get(key) for pk, key in editions.items()}
    found |= {pk: by_work.get(key) for pk, key in works.items()}
    return {pk: details for pk, details in found.items() if details}


def find_bibkey(book: ImportedBook) -> str | None:
    """The key of the edition in the request. None for a row that has only the key of a work."""
    if book.edition_key:
        return f"OLID:{book.edition_key}"
    return f"ISBN:{book.isbn_13}" if book.isbn_13 else None


@transaction.atomic
def store(job: ImportJob, asked: list[ImportJobRow], found: dict[int, EditionDetails]) -> None:
    """Completes the imported books. A row without a title is imported when its title is known.

    The rows are loaded again, because a person may have decided on some of them during the request.
    """
    if not ImportJob.objects.select_for_update().get(pk=job.pk).has_ended:
        return  # its undo has begun
    rows = list(lock_waiting(job, asked))
    untitled = [row for row in rows if not row.book_id]
    for row in untitled:
        add_title(row, found.get(row.pk))
    carry_out(job, take_distinct(plan_rows(job, [row for row in untitled if row.outcome is None], lock=True)))
    for row in rows:
        row.lookup = Lookup.FOUND if row.pk in found else Lookup.UNKNOWN
    for row in untitled:
        if row.outcome is None:  # repeats a book of this batch, so that it is looked up again
            row.outcome, row.lookup = Outcome.NEEDS_REVIEW, Lookup.WAITING
    titled = [row for row in rows if row.book_id]
    replace_private_books(titled, found)
    complete_books(titled, found)
    ImportJobRow.objects.bulk_update(rows, ["lookup", "outcome", "reason", "values", "match", "suggestions"])


def lock_waiting(job: ImportJob, asked: list[ImportJobRow]) -> QuerySet[ImportJobRow]:
    rows: QuerySet[ImportJobRow] = job.rows.filter(pk__in=[row.pk for row in asked], lookup=Lookup.WAITING)
    return rows.select_for_update(of=("self",)).order_by("number")


def add_title(row: ImportJobRow, details: EditionDetails | None) -> None:
    """The row is planned again if Open Library has the title."""
    if details is None or not details.title:
        row.reason = UNKNOWN
        return
    book = {"title": details.title, "authors": list(details.authors), "work_key": details.work_key}
    row.values["book"] = {**{name: value for name, value in book.items() if value}, **row.values.get("book", {})}
    row.outcome, row.reason = None, ""


def complete_books(rows: list[ImportJobRow], found: dict[int, EditionDetails]) -> None:
    """Fills empty fields of books that were created from the rows."""
    books = Book.objects.in_bulk([row.book_id for row in rows if row.book_id])
    records = {}
    for row in rows:
        book, details = books.get(row.book_id or 0), found.get(row.pk)
        if book and details and book.source == Source.IMPORT:
            records[book.pk] = complete_record(from_values(row.values).book, details, key=book.source_key)
    ingest([record for record in records.values() if record], publish=False)


def complete_record(stated: ImportedBook, details: EditionDetails, *, key: str) -> BookRecord | None:
    """None if the values of Open Library cannot be stored."""
    names = stated.authors or details.authors
    authors = {author.key: author for author in map(AuthorRecord.identified_by_name, names)}
    try:
        return replace(
            to_record(stated, key=key),
            authors=tuple(authors.values()),
            work_key=stated.work_key or details.work_key,
            first_publish_year=stated.first_publish_year or details.first_publish_year,
            cover_url=details.cover_url,
            languages=details.languages,
        )
    except RecordError:
        return None
