"""The export of a library as CSV with the columns of Goodreads, which other services import, and Colophon's own.

Cells are safe for spreadsheets, so the file is not lossless: the JSON export is.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from stdnum import isbn

from core.spreadsheets import BOM, escape_formula, to_lines
from users.library.export_document import load_entries
from users.models import LibraryEntry, Reading, User

Status = LibraryEntry.Status
SHELVES = {
    Status.WANT_TO_READ: "to-read",
    Status.READING: "currently-reading",
    Status.PAUSED: "paused",
    Status.READ: "read",
    Status.STOPPED: "did-not-finish",
}
COLUMNS = (
    "Title", "Author", "Additional Authors", "ISBN", "ISBN13", "My Rating", "Original Publication Year", "Date Read",
    "Date Added", "Bookshelves", "Exclusive Shelf", "My Review", "Spoiler", "Private Notes", "Read Count",
    "Owned Copies", "Colophon Rating", "Colophon Readings", "Colophon Format", "Colophon Progress", "Work Key",
)  # fmt: skip
ISBN_10_PREFIX = "978"


def write_table(owner: User | None) -> Iterator[str]:
    """The lines of the file. Owner None is the shared library."""
    yield BOM + to_lines([COLUMNS])
    for entry in load_entries(owner):
        cells = describe_entry(entry)
        yield to_lines([[escape_formula(cells[name]) for name in COLUMNS]])


def describe_entry(entry: LibraryEntry) -> dict[str, Any]:
    readings = list(entry.readings.all())
    tags = [tag.name for tag in entry.tags.all()]
    shelf = SHELVES[Status(entry.status)]
    return {
        **describe_book(entry),
        "My Rating": round_rating(entry.rating),
        "Date Read": find_last_end(readings),
        "Date Added": f"{entry.added_on:%Y/%m/%d}" if entry.added_on else "",
        "Bookshelves": ", ".join(tags if shelf == "read" else [*tags, shelf]),
        "Exclusive Shelf": shelf,
        "My Review": entry.review,
        "Spoiler": "true" if entry.contains_spoilers else "",
        "Private Notes": entry.notes,
        "Read Count": sum(each.outcome == Reading.Outcome.FINISHED for each in readings),
        "Owned Copies": int(entry.owned),
        "Colophon Rating": "" if entry.rating is None else str(entry.rating),
        "Colophon Readings": "; ".join(map(describe_reading, readings)),
        "Colophon Format": entry.format,
        "Colophon Progress": describe_progress(entry),
    }


def describe_book(entry: LibraryEntry) -> dict[str, Any]:
    book = entry.book
    authors = [each.shown_name for each in book.authorships.all()]
    number = book.isbn_13 or ""
    return {
        "Title": f"{book.title}: {book.subtitle}" if book.subtitle else book.title,
        "Author": authors[0] if authors else "",
        "Additional Authors": ", ".join(authors[1:]),
        "ISBN": isbn.to_isbn10(number) if number.startswith(ISBN_10_PREFIX) else "",
        "ISBN13": number,
        "Original Publication Year": "" if book.first_publish_year is None else str(book.first_publish_year),
        "Work Key": book.work_key or "",
    }


def round_rating(rating: Decimal | None) -> int:
    """Whole stars, as other services read them: halves are rounded up. 0 is not rated."""
    return 0 if rating is None else int(rating.quantize(Decimal(1), ROUND_HALF_UP))


def find_last_end(readings: list[Reading]) -> str:
    """The day of the last finished reading. Other services accept no date without a day."""
    ends = [str(each.finished_on) for each in readings if each.outcome == Reading.Outcome.FINISHED and each.finished_on]
    days = [end for end in ends if len(end) == len("2024-05-03")]
    return max(days).replace("-", "/") if days else ""


def describe_reading(reading: Reading) -> str:
    """An interval of ISO 8601 with unknown ends left out, and the outcome: `2024-01-02/2024-02 finished`."""
    return f"{reading.started_on or ''}/{reading.finished_on or ''} {reading.outcome or 'open'}"


def describe_progress(entry: LibraryEntry) -> str:
    if entry.progress_page is not None:
        return f"page {entry.progress_page}"
    return "" if entry.progress_percent is None else f"{entry.progress_percent}%"
