"""Decides what becomes of each row, without writing anything: the preview shows it, and the import carries it out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from books.models import Book, Source
from books.records import AuthorRecord, BookRecord, RecordError
from core.text import fold
from users.imports.formats.colophon_document import COLOPHON_DOCUMENT
from users.imports.jobs.answers import Answers
from users.imports.jobs.gaps import find_changes, find_new_readings, find_new_tags
from users.imports.jobs.matching import Candidates, Match
from users.imports.jobs.row_values import from_values
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.models import ImportJob, ImportJobRow, LibraryEntry
from users.models.tag import MAX_TAGS

Outcome, Lookup = ImportJobRow.Outcome, ImportJobRow.Lookup
REVIEW_TITLE = "Other books of the catalogue have this title. Choose one, or keep the book as entered."
NO_TITLE = "The file states no title. Open Library is asked for it."
FULL = "A book can have {limit} tags, so that {number} of the row’s tags were not added."
NO_STATUS = "The file states no reading status, and you chose to leave out new books without one."
MERGED = "Another edition of this work is in the library. The readings were added to it."


@dataclass(slots=True, kw_only=True)
class Plan:
    """What becomes of a row. `record` is the book to create if `book` is None."""

    job_row: ImportJobRow
    row: ImportRow
    outcome: str
    reason: str = ""
    entry: LibraryEntry | None = None
    book: Book | None = None
    record: BookRecord | None = None
    match: str = ""
    suggestions: list[Book] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    readings: list[ImportedReading] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    lookup: str = Lookup.NONE

    @property
    def targets(self) -> set[tuple[str, ...]]:
        """Identifies the book that the row writes to. A later row of the file with one of them repeats the book.

        A row that is left out for itself, such as a DVD, writes nothing.
        """
        if self.row.skip_reason:
            return set()
        book = self.entry.book_id if self.entry else self.book.pk if self.book else None
        stated = self.row.book
        author = fold(stated.authors[0]) if stated.authors else ""
        targets = {
            ("book", str(book or "")),
            ("source", self.row.source_id or ""),
            ("isbn", stated.isbn_13 or ""),
            ("key", stated.edition_key or stated.work_key or ""),
            ("title", "" if stated.isbn_13 else f"{fold(stated.title or '')}/{author}".strip("/")),
        }
        return {each for each in targets if each[1]}

    @property
    def changed_fields(self) -> list[str]:
        parts = {"tags": self.tags, "readings": self.readings}
        return sorted(self.changes) + [name for name, added in parts.items() if added]


def plan_rows(
    job: ImportJob, rows: Iterable[ImportJobRow], *, lock: bool = False, chosen: Book | None = None
) -> Iterator[Plan]:
    """Yields a plan per row. `lock` locks the entries of the library until the end of the transaction.

    `chosen` is the book that a person has chosen for the rows, which state its title.
    """
    answers = Answers(**job.answers)
    settled = [(each, answers.settle(from_values(each.values, line=each.line, raw=each.raw))) for each in rows]
    candidates = Candidates([row for _, row in settled], owner=job.user, source=job.format, lock=lock)
    candidates.chosen = chosen
    is_own = job.format == COLOPHON_DOCUMENT.name
    made = set(job.rows.filter(effects__is_new=True).values_list("entry_id", flat=True)) if is_own else None
    for job_row, row in settled:
        if row.skip_reason:
            yield Plan(job_row=job_row, row=row, outcome=Outcome.SKIPPED, reason=row.skip_reason)
        else:
            yield _plan_row(job_row, row, candidates, made, answers)


def _plan_row(
    job_row: ImportJobRow, row: ImportRow, candidates: Candidates, made: set[int] | None, answers: Answers
) -> Plan:
    """`made` are the entries that the import has made so far, if the file is our own export."""
    match = candidates.find_book(row.book)
    entry = candidates.find_imported_entry(row) or (candidates.find_entry(match.book) if match.book else None)
    if made is not None and (entry.pk in made if entry else match.how != "source"):
        # Each entry of our own export was an entry of its own, and a book without a source was private.
        return _plan_new(job_row, row, Match(), answers)
    if entry is not None:
        return _plan_change(job_row, row, entry, match.how or "source", overwrite=answers.overwrite)
    if match.book and made is None and (other := candidates.find_other_edition(match.book)):
        readings = find_new_readings(other, row)
        return Plan(
            job_row=job_row,
            row=row,
            outcome=Outcome.MERGED,
            reason=MERGED,
            entry=other,
            match="work",
            readings=readings,
        )
    return _plan_new(job_row, row, match, answers)


def _plan_new(job_row: ImportJobRow, row: ImportRow, match: Match, answers: Answers) -> Plan:
    settled = answers.settle_new(row)
    if settled is None:
        return Plan(job_row=job_row, row=row, outcome=Outcome.SKIPPED, reason=NO_STATUS)
    if match.book:
        return _plan_entry(job_row, settled, book=match.book, match=match.how)
    return _plan_book(job_row, settled, match.suggestions)


def _plan_change(job_row: ImportJobRow, row: ImportRow, entry: LibraryEntry, match: str, *, overwrite: bool) -> Plan:
    tags, excess = find_new_tags(entry, row)
    plan = Plan(
        job_row=job_row,
        row=row,
        outcome=Outcome.UNCHANGED,
        reason=FULL.format(limit=MAX_TAGS, number=excess) if excess else "",
        entry=entry,
        match=match,
        changes=find_changes(entry, row, overwrite=overwrite),
        readings=find_new_readings(entry, row),
        tags=tags,
    )
    if plan.changed_fields:
        plan.outcome = Outcome.UPDATED
    return plan


def _plan_entry(
    job_row: ImportJobRow, row: ImportRow, *, outcome: str = Outcome.CREATED, reason: str = "", **options: Any
) -> Plan:
    """A new entry with everything that the row states, but at most MAX_TAGS tags."""
    excess = max(0, len(row.tags) - MAX_TAGS)
    return Plan(
        job_row=job_row,
        row=row,
        outcome=outcome,
        reason=f"{reason} {FULL.format(limit=MAX_TAGS, number=excess)}".strip() if excess else reason,
        **options,
        readings=list(row.readings),
        tags=list(row.tags[:MAX_TAGS]),
    )


def _plan_book(job_row: ImportJobRow, row: ImportRow, suggestions: list[Book]) -> Plan:
    """A new book from the row's own data. Data of Open Library is added later."""
    has_key = row.book.isbn_13 or row.book.edition_key or row.book.work_key
    lookup = Lookup.WAITING if has_key else Lookup.NONE
    if not row.book.title:
        return Plan(job_row=job_row, row=row, outcome=Outcome.NEEDS_REVIEW, reason=NO_TITLE, lookup=lookup)
    try:
        record = to_record(row.book, key=f"{job_row.job_id}-{job_row.number}")
    except RecordError as error:
        return Plan(job_row=job_row, row=row, outcome=Outcome.FAILED, reason=f"The {error.field} {error.detail}.")
    outcome, reason = (Outcome.NEEDS_REVIEW, REVIEW_TITLE) if suggestions else (Outcome.CREATED, "")
    options = {"record": record, "match": "row", "lookup": lookup, "suggestions": suggestions}
    return _plan_entry(job_row, row, outcome=outcome, reason=reason, **options)


def to_record(stated: ImportedBook, *, key: str) -> BookRecord:
    """The book that the row states, as a catalogue record. Raises RecordError."""
    authors = list(map(AuthorRecord.identified_by_name, stated.authors))
    return BookRecord(
        source=Source.IMPORT,
        source_key=key,
        title=stated.title or "",
        subtitle=stated.subtitle,
        isbn_13=stated.isbn_13,
        work_key=stated.work_key,
        first_publish_year=stated.first_publish_year,
        authors=tuple({author.key: author for author in authors}.values()),
    )
