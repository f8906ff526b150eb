"""The CSV export of Openreads.

Source: `doc/csv.md`, `csv_export.dart` and `csv_import_openreads.dart` of Openreads. Tags are separated by `|||||`.
A reading is `start|finish|milliseconds`, readings are separated by `;`, and every part can be empty. Earlier versions
have one reading, in `start_date` and `finish_date`. Books in the trash are part of the export. `publication_year` is
that of the edition.
"""

from users.imports.author_names import split_authors
from users.imports.cell_reader import CellReader
from users.imports.dates import parse_date
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.open_library_keys import read_keys
from users.imports.readings import complete_readings, read_period
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.imports.statuses import split_status
from users.imports.texts import split_list
from users.imports.values import InvalidValue, parse_format

TAG_SEPARATOR = "|||||"
DELETED = "The book is deleted in Openreads. Restore it there to import it."


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    status, shelf = split_status(cells.line("status"))
    rating, stated_rating = cells.rating("rating")
    periods, count = _read_periods(cells)
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=cells.long_text("my_review"),
        notes=cells.long_text("notes"),
        tags=cells.tags("tags", split_list(cells.line("tags"), TAG_SEPARATOR)),
        added_on=cells.day("date_added"),
        format=parse_format(cells.line("book_format")),
        readings=complete_readings(status, periods, count),
        skip_reason=DELETED if cells.boolean("deleted") else None,
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    work_key, edition_key = read_keys(cells, "olid")
    return ImportedBook(
        title=cells.title("title"),
        subtitle=cells.subtitle("subtitle"),
        authors=cells.authors("author", split_authors(cells.line("author"))),
        isbn_13=cells.isbn("isbn"),
        work_key=work_key,
        edition_key=edition_key,
    )


def _read_periods(cells: CellReader) -> tuple[list[ImportedReading], int]:
    """The readings with dates, and the number of all readings."""
    if not cells.line("readings"):
        period = read_period(cells, "finish_date", cells.date("start_date"), cells.date("finish_date"))
        return [period] if period else [], 0
    texts = [text for text in cells.line("readings").split(";") if text.strip(" |")]
    periods = [period for text in texts if (period := _read_period(cells, text))]
    return periods, len(texts)


def _read_period(cells: CellReader, text: str) -> ImportedReading | None:
    start, _, rest = text.partition("|")
    finish = rest.partition("|")[0]
    try:
        return read_period(cells, "readings", parse_date(start.strip()), parse_date(finish.strip()))
    except InvalidValue as error:
        cells.report("readings", str(error))
        return None


OPENREADS = TableFormat(
    name="openreads",
    label="Openreads",
    markers=(
        frozenset({"title", "author", "olid", "my_review"}),
        frozenset({"title", "author", "my_review", "book_format"}),
        frozenset({"title", "status", "readings", "book_format"}),
        frozenset({"title", "status", "favourite", "deleted"}),
    ),
    columns=frozenset({
        "title", "subtitle", "author", "description", "status", "favourite", "deleted", "rating", "pages", "publisher",
        "publication_year", "isbn", "olid", "tags", "my_review", "notes", "book_format", "readings", "date_added",
        "date_modified", "start_date", "finish_date", "reading_time",
    }),
    parse=parse_row,
)  # fmt: skip
