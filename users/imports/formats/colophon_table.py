"""Colophon's own CSV export: columns of Goodreads and further ones. The JSON export is the lossless one."""

import re

from users.imports.cell_reader import CellReader
from users.imports.dates import parse_date
from users.imports.formats.goodreads import GOODREADS
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.open_library_keys import read_keys
from users.imports.readings import ABANDONED, FINISHED, read_period
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.imports.statuses import split_status
from users.imports.texts import split_list, split_names
from users.imports.values import InvalidValue, show

# The apostrophe that the export puts before a cell that a spreadsheet would compute, and before the lines of a cell.
PROTECTION = re.compile(r"(^|[;\t\r\n])'")
READING = re.compile(r"([0-9-]*)/([0-9-]*) (finished|abandoned|open)")
PAGE, PERCENT = re.compile(r"page ([0-9]{1,6})"), re.compile(r"([0-9]{1,3})%")
OWN_COLUMNS = frozenset({"Colophon Rating", "Colophon Readings", "Colophon Format", "Colophon Progress", "Work Key"})


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(TableRow.of(row.line, {name: PROTECTION.sub(r"\1", cell) for name, cell in row.cells.items()}))
    status, shelf = split_status(cells.line("Exclusive Shelf"))
    rating, stated_rating = cells.rating("Colophon Rating")
    exclusive = cells.line("Exclusive Shelf").casefold()
    tags = (name for name in split_list(cells.line("Bookshelves")) if name.casefold() != exclusive)
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=cells.long_text("My Review"),
        contains_spoilers=bool(cells.boolean("Spoiler")),
        notes=cells.long_text("Private Notes"),
        tags=cells.tags("Bookshelves", tags),
        added_on=cells.day("Date Added"),
        owned=True if cells.integer("Owned Copies") else None,
        format=cells.line("Colophon Format") if cells.line("Colophon Format") in {"paper", "ebook", "audio"} else None,
        progress_page=_read_number(cells, PAGE, 100_000),
        progress_percent=_read_number(cells, PERCENT, 100),
        readings=_read_readings(cells),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    names = [cells.line("Author"), *split_names(cells.line("Additional Authors"))]
    return ImportedBook(
        title=cells.title("Title"),
        authors=cells.authors("Author", filter(None, names)),
        isbn_13=cells.isbn("ISBN13", "ISBN"),
        work_key=read_keys(cells, "Work Key")[0],
        first_publish_year=cells.year("Original Publication Year"),
    )


def _read_number(cells: CellReader, pattern: re.Pattern[str], limit: int) -> int | None:
    match = pattern.fullmatch(cells.line("Colophon Progress"))
    return int(match[1]) if match and int(match[1]) <= limit else None


def _read_readings(cells: CellReader) -> tuple[ImportedReading, ...]:
    texts = filter(None, cells.line("Colophon Readings").split("; "))
    return tuple(reading for text in texts if (reading := _read_reading(cells, text)))


def _read_reading(cells: CellReader, text: str) -> ImportedReading | None:
    column = "Colophon Readings"
    match = READING.fullmatch(text)
    try:
        if match is None:
            raise InvalidValue(f"{show(text)} is not a reading such as 2024-01-02/2024-02 finished.")
        period = read_period(cells, column, parse_date(match[1]), parse_date(match[2])) or ImportedReading()
    except InvalidValue as error:
        cells.report(column, str(error))
        return None
    outcome = match[3] if match[3] in {FINISHED, ABANDONED} else None
    return ImportedReading(started_on=period.started_on, finished_on=period.finished_on, outcome=outcome)


COLOPHON_TABLE = TableFormat(
    name="colophon-csv",
    label="Colophon (CSV)",
    markers=(frozenset({"Title", "Exclusive Shelf", "Colophon Rating", "Colophon Readings"}),),
    columns=GOODREADS.columns | OWN_COLUMNS,
    parse=parse_row,
)
