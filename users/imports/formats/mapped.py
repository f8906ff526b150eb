"""Tables of any other program. A person has chosen which column has which meaning."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.readings import complete_readings, read_period
from users.imports.rows import ImportedBook, ImportRow
from users.imports.statuses import split_status
from users.imports.texts import has_spoiler_mark, split_list
from users.imports.values import MAX_RATING, InvalidValue, parse_format, parse_number

FIELDS = (
    "title", "authors", "isbn", "status", "rating", "review", "notes", "tags", "added_on", "started_on", "finished_on",
    "owned", "format", "publication_year",
)  # fmt: skip
UNKNOWN_SCALE = (
    "The rating was not used, because the ratings of the file go above 5 and their maximum is not known. "
    "Convert them to 0.5 to 5."
)
NAME = "mapped"
LABEL = "Other table"
LIST_SEPARATORS = ("|", ";")
AUTHOR_SEPARATOR = re.compile(r"\s*[;|]\s*")


@dataclass(frozen=True, slots=True)
class MappedCells:
    """The cells of a row by our field's name."""

    row: TableRow
    mapping: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.row.get(self.mapping[column]) if column in self.mapping else ""

    def name_of(self, column: str) -> str:
        return self.mapping.get(column, column)


def build_format(mapping: Mapping[str, str], *, has_known_scale: bool = True) -> TableFormat:
    """`mapping` has names of FIELDS and the columns of the file. Without a known scale, ratings are only reported."""

    def parse_row(row: TableRow) -> ImportRow:
        return _parse_row(row, CellReader(MappedCells(row, mapping)), has_known_scale=has_known_scale)

    return TableFormat(name=NAME, label=LABEL, markers=(), columns=frozenset(mapping.values()), parse=parse_row)


def has_larger_rating(rows: Iterable[TableRow], column: str) -> bool:
    """Whether a rating is above 5. Then a 4 can be 4 of 10 or 4 of 100, and no rating of the file is certain."""
    return any(_is_larger(row.get(column)) for row in rows)


def _is_larger(text: str) -> bool:
    try:
        return (parse_number(text) or 0) > MAX_RATING
    except InvalidValue:
        return False


def _parse_row(row: TableRow, cells: CellReader, *, has_known_scale: bool) -> ImportRow:
    status, shelf = split_status(cells.line("status"))
    rating, stated_rating = cells.rating("rating") if has_known_scale else (None, None)
    if not has_known_scale and cells.line("rating"):
        cells.report("rating", UNKNOWN_SCALE)
    review = cells.html("review")
    period = read_period(cells, "finished_on", cells.date("started_on"), cells.date("finished_on"))
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=review,
        contains_spoilers=has_spoiler_mark(review),
        notes=cells.long_text("notes"),
        tags=cells.tags("tags", split_list(cells.line("tags"), _find_separator(cells.line("tags")))),
        added_on=cells.day("added_on"),
        owned=cells.boolean("owned"),
        format=parse_format(cells.line("format")),
        readings=complete_readings(status, [period]),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    """Names are separated by `;` or `|`. A comma can be within a name (`Le Guin, Ursula K.`), and does not split it."""
    return ImportedBook(
        title=cells.title("title"),
        authors=cells.authors("authors", AUTHOR_SEPARATOR.split(cells.line("authors"))),
        isbn_13=cells.isbn("isbn"),
        first_publish_year=cells.year("publication_year"),
    )


def _find_separator(text: str) -> str:
    return next((separator for separator in LIST_SEPARATORS if separator in text), ",")
