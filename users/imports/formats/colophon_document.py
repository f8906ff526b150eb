"""Colophon's own JSON export, which an import restores without loss. docs/library-export.schema.json describes it.

A person can have edited the file, so each value is checked: a value that cannot be used is a problem of its row.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from books.isbn import parse_isbn
from books.records import MAX_TEXT, MAX_YEAR, MIN_YEAR, WORK_KEY
from core.partial_date import PartialDate
from users.imports.formats.document_format import DocumentFormat
from users.imports.rows import ImportedBook, ImportedOrigin, ImportedReading, ImportRow, Problem
from users.imports.statuses import NAMES as STATUSES

NAME, VERSION = "colophon-library", 1
FORMATS = ("unknown", "paper", "ebook", "audio")
OUTCOMES = ("finished", "abandoned")
MAX_TEXT_LENGTH, MAX_TAG, MAX_TAGS, MAX_PAGE, MAX_AUTHORS = 10_000, 100, 100, 100_000, 50
NO_ENTRY = "This is no entry of a library: it has no book."
Value = TypeVar("Value")


def recognizes(document: Any) -> bool:
    return isinstance(document, dict) and document.get("format") == NAME and isinstance(document.get("entries"), list)


def parse(document: Any) -> Iterator[ImportRow]:
    for line, entry in enumerate(document["entries"], start=1):
        if isinstance(entry, dict) and isinstance(entry.get("book"), dict):
            yield parse_entry(line, entry)
        else:
            yield ImportRow(line=line, raw={"entry": entry}, book=ImportedBook(), error=NO_ENTRY)


class EntryReader:
    """Reads values of an object. A value of another type or outside its limits is None, with a problem."""

    def __init__(self, entry: dict[str, Any], problems: list[Problem], prefix: str = "") -> None:
        self._entry = entry
        self._problems = problems
        self._prefix = prefix

    def read(self, name: str, convert: Callable[[Any], Value]) -> Value | None:
        """The converted value; None if it is missing or null. `convert` raises ValueError or TypeError."""
        value = self._entry.get(name)
        if value is None:
            return None
        try:
            return convert(value)
        except (ValueError, TypeError, InvalidOperation):
            shown = str(value)
            self._problems.append(Problem(f"{self._prefix}{name}", f"{shown[:50]!r} cannot be used here."))
            return None

    def list(self, name: str, convert: Callable[[Any], Value], limit: int) -> tuple[Value, ...]:
        values = self.read(name, lambda value: to_list(value, limit)) or []
        items = EntryReader(dict(enumerate(values)), self._problems, f"{self._prefix}{name}/")  # type: ignore[arg-type]
        read = (items.read(number, convert) for number in range(len(values)))  # type: ignore[arg-type]
        return tuple(value for value in read if value is not None)


def parse_entry(line: int, entry: dict[str, Any]) -> ImportRow:
    problems: list[Problem] = []
    cells = EntryReader(entry, problems)
    progress = cells.read("progress", to_object) or {}
    return ImportRow(
        line=line,
        raw=entry["book"],
        book=parse_book(EntryReader(entry["book"], problems, "book/")),
        status=cells.read("status", lambda value: to_choice(value, tuple(STATUSES))),
        rating=cells.read("rating", to_rating),
        review=cells.read("review", lambda value: to_text(value, MAX_TEXT_LENGTH)) or "",
        contains_spoilers=cells.read("contains_spoilers", to_boolean) or False,
        notes=cells.read("notes", lambda value: to_text(value, MAX_TEXT_LENGTH)) or "",
        tags=cells.list("tags", lambda value: to_name(value, MAX_TAG), MAX_TAGS),
        added_on=cells.read("added_on", to_day),
        owned=cells.read("owned", to_boolean),
        format=cells.read("format", lambda value: to_choice(value, FORMATS)),
        progress_page=EntryReader(progress, problems, "progress/").read(
            "page", lambda value: to_number(value, MAX_PAGE)
        ),
        progress_percent=EntryReader(progress, problems, "progress/").read(
            "percent", lambda value: to_number(value, 100)
        ),
        readings=cells.list("readings", to_reading, MAX_PAGE),
        origins=cells.list("imported_from", to_origin, MAX_TAGS),
        problems=tuple(problems),
    )


def parse_book(cells: EntryReader) -> ImportedBook:
    return ImportedBook(
        title=cells.read("title", lambda value: to_name(value, MAX_TEXT["title"])),
        subtitle=cells.read("subtitle", lambda value: to_name(value, MAX_TEXT["subtitle"])),
        authors=cells.list("authors", lambda value: to_name(value, MAX_TEXT["author"]), MAX_AUTHORS),
        isbn_13=cells.read("isbn_13", to_isbn),
        work_key=cells.read("work_key", to_work_key),
        first_publish_year=cells.read("first_publish_year", to_year),
        source=cells.read("source", lambda value: to_name(value, MAX_TEXT["source"])),
        source_key=cells.read("source_key", lambda value: to_name(value, 64)),
    )


def require(value: Any, kind: type[Value]) -> Value:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError
    return value


def to_list(value: Any, limit: int) -> list[Any]:
    if len(require(value, list)) > limit:
        raise ValueError
    return list(value)


def to_object(value: Any) -> dict[str, Any]:
    return require(value, dict)


def to_boolean(value: Any) -> bool:
    return require(value, bool)


def to_text(value: Any, limit: int) -> str:
    if len(require(value, str)) > limit:
        raise ValueError
    return str(value)


def to_name(value: Any, limit: int) -> str:
    """One line with at least one character."""
    name = " ".join(to_text(value, limit).split())
    if not name:
        raise ValueError
    return name


def to_choice(value: Any, choices: tuple[str, ...]) -> str:
    if require(value, str) not in choices:
        raise ValueError
    return str(value)


def to_number(value: Any, limit: int) -> int:
    if not 0 <= require(value, int) <= limit:
        raise ValueError
    return int(value)


def to_year(value: Any) -> int:
    if not MIN_YEAR <= require(value, int) <= MAX_YEAR:
        raise ValueError
    return int(value)


def to_rating(value: Any) -> Decimal:
    rating = Decimal(require(value, str))
    if rating not in {Decimal(halves) / 2 for halves in range(1, 11)}:
        raise ValueError
    return rating


def to_day(value: Any) -> date:
    return date.fromisoformat(require(value, str))


def to_isbn(value: Any) -> str:
    number = parse_isbn(require(value, str))
    if number is None:
        raise ValueError
    return number


def to_work_key(value: Any) -> str:
    if not WORK_KEY.fullmatch(require(value, str)):
        raise ValueError
    return str(value)


def to_reading(value: Any) -> ImportedReading:
    reading = to_object(value)
    start, finish = (
        PartialDate.parse(reading[name]) if reading.get(name) else None for name in ("started_on", "finished_on")
    )
    if start and finish and finish.is_certainly_before(start):
        raise ValueError
    outcome = reading.get("outcome")
    return ImportedReading(
        started_on=start, finished_on=finish, outcome=None if outcome is None else to_choice(outcome, OUTCOMES)
    )


def to_origin(value: Any) -> ImportedOrigin:
    origin = to_object(value)
    return ImportedOrigin(
        source=to_name(origin.get("source"), 32),
        source_id=to_text(origin.get("id"), 200),
        raw=to_object(origin.get("raw")),
    )


COLOPHON_DOCUMENT = DocumentFormat(
    name=NAME, label="Colophon", recognizes=recognizes, parse=parse, keeps_control_characters=True
)
