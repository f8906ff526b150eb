"""The CSV export of StoryGraph, and its form of 2021 with the columns Author and ISBN."""

import re

from users.imports.cell_reader import CellReader
from users.imports.dates import parse_date
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.readings import complete_readings, read_count, read_period
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.imports.statuses import split_status
from users.imports.texts import split_list, split_names
from users.imports.values import InvalidValue, parse_format, parse_isbn

SEPARATOR = re.compile(r"\s*[,;]\s*")
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}(?:/[0-9]{1,2}(?:/[0-9]{1,2})?)?"
RANGE = re.compile(rf"({DAY})?\s*[-–]\s*({DAY})?")
OWN_ID = re.compile(r"B0[0-9A-Z]{8}|(?=.*[a-z])[0-9a-z_-]{11,60}", re.IGNORECASE)  # an ASIN or a StoryGraph id


def parse_row(row: TableRow) -> ImportRow:
    """Without `Read Status` a book is only tagged or owned. `Owned?` is `Yes` or `No`."""
    cells = CellReader(row)
    status, shelf = split_status(cells.line("Read Status"))
    rating, stated_rating = cells.rating("Star Rating")
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("ISBN/UID"),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=cells.html("Review"),
        tags=cells.tags("Tags", split_list(cells.line("Tags"))),
        added_on=cells.day("Date Added"),
        owned=cells.boolean("Owned?"),
        format=parse_format(cells.line("Format")),
        readings=complete_readings(status, _read_periods(cells), read_count(cells, "Read Count")),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    column = "Authors" if cells.line("Authors") else "Author"
    uid = cells.read("ISBN/UID", _parse_uid)
    return ImportedBook(
        title=cells.title("Title"),
        authors=cells.authors(column, split_names(cells.line(column))),
        isbn_13=uid or cells.isbn("ISBN"),
    )


def _parse_uid(text: str) -> str | None:
    """The ISBN, if the identifier is not an ASIN or an id of StoryGraph."""
    return None if OWN_ID.fullmatch(text) else parse_isbn(text)


def _read_periods(cells: CellReader) -> list[ImportedReading | None]:
    """`Dates Read` has all periods. `Last Date Read` repeats the last one, and is used only if the other is empty."""
    column = "Dates Read"
    if not cells.line(column):
        return [read_period(cells, "Last Date Read", None, cells.date("Last Date Read"))]
    return [_read_period(cells, column, text) for text in SEPARATOR.split(cells.line(column)) if text]


def _read_period(cells: CellReader, column: str, text: str) -> ImportedReading | None:
    """A single date is the day on which the book was finished."""
    match = RANGE.fullmatch(text)
    try:
        if match and any(match.groups()):
            return read_period(cells, column, parse_date(match[1] or ""), parse_date(match[2] or ""))
        return read_period(cells, column, None, parse_date(text))
    except InvalidValue as error:
        cells.report(column, str(error))
        return None


STORYGRAPH = TableFormat(
    name="storygraph",
    label="StoryGraph",
    markers=(
        frozenset({"Read Status", "Star Rating"}),
        frozenset({"Title", "Read Status", "ISBN/UID"}),
    ),
    columns=frozenset({
        "Title", "Authors", "Author", "Contributors", "ISBN/UID", "ISBN", "Format", "Read Status", "Date Added",
        "Last Date Read", "Dates Read", "Read Count", "Moods", "Pace", "Character- or Plot-Driven?",
        "Strong Character Development?", "Loveable Characters?", "Diverse Characters?", "Flawed Characters?",
        "Star Rating", "Review", "Content Warnings", "Content Warning Description", "Tags", "Owned?",
    }),
    parse=parse_row,
)  # fmt: skip
