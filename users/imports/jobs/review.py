"""Decisions of the reader about single rows: choosing a book, keeping the row as entered, correcting and retrying."""

import operator
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from books.isbn import describe_error, parse_isbn
from books.models import Book
from core.spreadsheets import BOM, escape_formula, to_lines
from users.imports.jobs.catalogue_books import PERSON
from users.imports.jobs.enrichment import UNKNOWN
from users.imports.jobs.imported_books import delete_if_unused
from users.imports.jobs.planning import Lookup, Outcome, plan_rows
from users.imports.jobs.writing import carry_out
from users.library.entries import delete_entry, lock_entry, move_entry
from users.library.saving import SaveRequest, find_or_fetch_book
from users.models import ImportJob, ImportJobRow, LibraryEntry

EDITABLE = ("title", "authors", "isbn_13")
HELD = (
    "Your library has this book already, and you have changed the imported entry since. Remove one of the two entries."
)
ISBN_AS_TEXT = re.compile('="?[0-9Xx]*"?')


def choose(row: ImportJobRow, *, choice: SaveRequest) -> None:
    """Accepts a book, which may be fetched from Open Library. Raises as `find_or_fetch_book` and `accept` do."""
    require_outcome(row, row.job, Outcome.NEEDS_REVIEW)
    accept(row, book=find_or_fetch_book(owner=row.job.user, save_request=choice))


@transaction.atomic
def accept(row: ImportJobRow, *, book: Book) -> None:
    """Gives the row the book that the reader has chosen. Status, rating, notes and readings of its entry stay.

    If the library has the book already, its entry is completed with the row instead. Raises ValidationError if the row
    is not in review, or if the library has the book and a person has changed the entry of the row.
    """
    row = lock_row(row, Outcome.NEEDS_REVIEW)
    if row.entry is None:
        import_as(row, book)
    elif LibraryEntry.objects.filter(user=row.job.user, book=book).exclude(pk=row.entry.pk).exists():
        combine(row, row.entry, book)
    else:
        move(row, row.entry, book)


def move(row: ImportJobRow, entry: LibraryEntry, book: Book) -> None:
    earlier, is_untouched = row.book, entry.version == last_version(entry, row.job)
    row.entry = move_entry(owner=row.job.user, pk=entry.pk, book=book)
    if is_untouched:  # otherwise an undo would take the person's changes for the import's
        row.effects["version"] = row.entry.version
    row.book, row.match = book, PERSON
    row.outcome, row.reason, row.suggestions = Outcome.CREATED, "", []
    row.save()
    delete_if_unused(earlier)


def combine(row: ImportJobRow, entry: LibraryEntry, book: Book) -> None:
    """Removes the entry that the row made, and adds the row to the library's entry of the book."""
    is_only_of_row = row.effects.get("is_new") and entry.version == row.effects["version"]
    if not is_only_of_row or entry.import_rows.exclude(pk=row.pk).exists():
        raise ValidationError(HELD)
    earlier = row.book
    delete_entry(entry)
    row.entry, row.effects = None, {}
    import_as(row, book)
    delete_if_unused(earlier)


def import_as(row: ImportJobRow, book: Book) -> None:
    row.values["book"] = {**row.values.get("book", {}), **describe_book(book)}
    import_again(row, chosen=book)


def last_version(entry: LibraryEntry, job: ImportJob) -> int | None:
    """The version of the entry after the job's last change of it."""
    effects = job.rows.filter(entry=entry).values_list("effects", flat=True)
    return max((each["version"] for each in effects if "version" in each), default=None)


def describe_book(book: Book) -> dict[str, Any]:
    """What identifies the book to the matching."""
    stated = {"title": book.title, "isbn_13": book.isbn_13, "work_key": book.work_key}
    authors = [each.shown_name for each in book.authorships.all()]
    return {name: value for name, value in {**stated, "authors": authors}.items() if value}


@transaction.atomic
def keep(row: ImportJobRow) -> None:
    """The book stays as the row states it, also if Open Library has it.

    Raises ValidationError if the row is not in review or has no title.
    """
    row = lock_row(row, Outcome.NEEDS_REVIEW)
    if row.entry is None:
        raise ValidationError({"title": UNKNOWN})
    row.outcome, row.reason, row.suggestions, row.match = Outcome.CREATED, "", [], PERSON
    row.save(update_fields=["outcome", "reason", "suggestions", "match"])


@transaction.atomic
def correct(row: ImportJobRow, *, values: Mapping[str, Any]) -> None:
    """Replaces title, authors or ISBN of a row that was not imported, and imports it again. Raises ValidationError."""
    row = lock_row(row, Outcome.FAILED, Outcome.NEEDS_REVIEW)
    if row.entry is not None:
        raise ValidationError("The row is in the library. Change the entry there.")
    book = {**row.values.get("book", {}), **{name: value for name, value in values.items() if name in EDITABLE}}
    if (isbn := book.get("isbn_13")) and parse_isbn(isbn) is None:
        raise ValidationError({"isbn_13": describe_error(isbn)})
    book["isbn_13"] = parse_isbn(isbn) if isbn else None
    row.values["book"] = {name: value for name, value in book.items() if value}
    if not row.values["book"]:
        raise ValidationError({"title": "Enter a title or an ISBN."})
    import_again(row)


def import_again(row: ImportJobRow, *, chosen: Book | None = None) -> None:
    row.outcome, row.reason, row.lookup = None, "", Lookup.NONE
    carry_out(row.job, list(plan_rows(row.job, [row], lock=True, chosen=chosen)))
    row.save(update_fields=["values"])


@transaction.atomic
def retry(job: ImportJob) -> int:
    """Repeats the requests for books that Open Library did not find. Returns their number."""
    rows = job.rows.filter(outcome=Outcome.NEEDS_REVIEW, lookup=Lookup.UNKNOWN)
    number: int = rows.update(lookup=Lookup.WAITING)
    ImportJob.objects.filter(pk=job.pk).update(retry_at=None)
    return number


def lock_row(row: ImportJobRow, *outcomes: str) -> ImportJobRow:
    """Raises ValidationError if the row has another outcome or its job is not finished."""
    locked = ImportJobRow.objects.select_for_update(of=("self",)).select_related("job__user").get(pk=row.pk)
    require_outcome(locked, locked.job, *outcomes)
    if locked.entry_id:
        locked.entry = lock_entry(locked.job.user, locked.entry_id)
    return locked


def require_outcome(row: ImportJobRow, job: ImportJob, *outcomes: str) -> None:
    """Raises ValidationError."""
    if not job.has_ended or row.outcome not in outcomes:
        raise ValidationError("This row cannot be changed now. Load the page again.")


def write_failed_rows(job: ImportJob) -> str:
    """The rows that were not imported as CSV: the file's own columns, then the line and the reason."""
    rows = list(job.rows.filter(outcome__in=[Outcome.FAILED, Outcome.SKIPPED, Outcome.NEEDS_REVIEW]))
    columns = list(job.columns) or list(dict.fromkeys(name for row in rows for name in row.raw))
    header = [*columns, "Line", "Outcome", "Reason"]
    cells = ([protect(row.raw.get(name, "")) for name in columns] for row in rows)
    outcomes = ([row.line, row.get_outcome_display(), row.reason] for row in rows)
    return BOM + to_lines([header, *map(operator.add, cells, outcomes)])


def protect(value: Any) -> str:
    """Keeps a spreadsheet from computing the cell. `="0140449337"` is how other services write an ISBN as text."""
    text = value if isinstance(value, str) else str(value)
    return text if ISBN_AS_TEXT.fullmatch(text) else escape_formula(text)
