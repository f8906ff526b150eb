"""Finds the format of a table by the names of its columns, never by their positions."""

from dataclasses import dataclass

from users.imports.errors import ImportFileRefused
from users.imports.formats.registry import TABLE_FORMATS
from users.imports.formats.table_format import TableFormat, fold_name


@dataclass(frozen=True, slots=True)
class OtherApplication:
    """A program with an export that has no format here. `advice` is None if a column mapping can read it."""

    name: str
    markers: frozenset[str]
    advice: str | None = None


OTHER_APPLICATIONS = (
    OtherApplication("Jelu", frozenset({"Title", "Author", "Shelves", "dropped_dates", "currently_reading"})),
    OtherApplication("BookLogr", frozenset({"title", "reading_status", "current_page", "total_pages"})),
    OtherApplication(
        "Yamtrack",
        frozenset({"media_id", "source", "media_type", "score"}),
        "It lists films and games too. Keep the rows of books, rename the column media_type, and import it again.",
    ),
    OtherApplication(
        "Book Catalogue",
        frozenset({"_id", "author_details", "bookshelf_id", "book_uuid"}),
        "Its cells have codes of their own. Make a CSV file with the columns title, authors and ISBN from it.",
    ),
    OtherApplication(
        "Open Library (reviews)",
        frozenset({"Work ID", "Review Category", "Review Value"}),
        "It has answers such as the pace of a book, which a library has no place for. Import the reading log, the "
        "ratings and the notes, which Open Library exports apart.",
    ),
    OtherApplication(
        "Open Library (lists)",
        frozenset({"List ID", "List Name", "Entry"}),
        "It has works, authors and subjects together. Import the reading log, the ratings and the notes, which Open "
        "Library exports apart.",
    ),
)
KNOWN_COLUMNS = frozenset(
    fold_name(column)
    for columns in [
        *(format_.columns for format_ in TABLE_FORMATS), *(other.markers for other in OTHER_APPLICATIONS)
    ]
    for column in columns
)  # fmt: skip


def find_application(columns: tuple[str, ...]) -> OtherApplication | None:
    folded = set(map(fold_name, columns))
    return next((other for other in OTHER_APPLICATIONS if set(map(fold_name, other.markers)) <= folded), None)


def find_format(columns: tuple[str, ...]) -> TableFormat | None:
    """The format with the most markers in the header. Of equal ones the first in the registry is used."""
    folded = frozenset(map(fold_name, columns))
    best = max(TABLE_FORMATS, key=lambda format_: format_.match(folded))
    return best if best.match(folded) else None


def refuse_application(application: OtherApplication) -> None:
    """Raises ImportFileRefused for a program with an export that a column mapping cannot read either."""
    if application.advice:
        raise ImportFileRefused(f"This is an export of {application.name}. {application.advice}")
