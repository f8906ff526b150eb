"""The row that every import format is converted to. No Django, no database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.partial_date import PartialDate


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that could not be used as it is. `field` is the column's name in the file; None concerns the whole row."""

    field: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedReading:
    """`outcome` is `finished` or `abandoned`; None is a reading that has not ended."""

    started_on: PartialDate | None = None
    finished_on: PartialDate | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOrigin:
    """A row of an earlier import, from which an entry was made. Only Colophon's own files state it."""

    source: str
    source_id: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBook:
    """The statements of the file about the book. Keys of works and editions are those of Open Library.

    `source` and `source_key` identify a catalogue row. Only Colophon's own files state them.
    """

    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    isbn_13: str | None = None
    work_key: str | None = None
    edition_key: str | None = None
    first_publish_year: int | None = None
    source: str | None = None
    source_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """A row of a file in Colophon's terms. The file does not state values that are None or empty.

    `line` is the number of the line, or of the entry in a JSON file, from 1. `raw` has every cell of the row by the
    column's name in the file. `source_id` is the row's identity in the service that wrote the file. `status` is a value
    of LibraryEntry.Status; None if the file states none, or if only the reader can decide: then `shelf` has the name
    that the import asks about. `rating` is 0.5 to 5 in halves; `stated_rating` is the source's value if it was rounded.
    `media` is the kind of an item that is not a book, such as `DVD`. `problems` report cells that were not used. With
    `skip_reason` the row is left out on purpose, with `error` it cannot be imported.
    """

    line: int
    raw: dict[str, Any]
    book: ImportedBook
    source_id: str | None = None
    status: str | None = None
    shelf: str | None = None
    rating: Decimal | None = None
    stated_rating: Decimal | None = None
    review: str = ""
    contains_spoilers: bool = False
    notes: str = ""
    tags: tuple[str, ...] = ()
    added_on: date | None = None
    owned: bool | None = None
    format: str | None = None  # paper, ebook or audio
    progress_page: int | None = None
    progress_percent: int | None = None
    readings: tuple[ImportedReading, ...] = ()
    origins: tuple[ImportedOrigin, ...] = ()
    media: str | None = None
    problems: tuple[Problem, ...] = ()
    skip_reason: str | None = None
    error: str | None = None
