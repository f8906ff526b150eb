"""Tables of any other program. A person has chosen which column has which meaning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.readings import complete_readings, read_period
from users.imports.rows import ImportedBook, ImportRow
from users.imports.statuses import split_status
from users.imports.texts import has_spoiler_mark, split_list
from users.imports.values import parse_format

FIELDS = (
    "title", "authors", "isbn", "status", "rating", "review", "notes", "tags", "added_on", "started_on", "finished_on",
    "owned", "format", "publication_year",
)  # fmt: skip
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


def build_format(mapping: Mapping[str, str]) -> TableFormat:
    """`mapping` has names of FIELDS and the columns of the file."""

    def parse_row(row: TableRow) -> ImportRow:
        return _parse_row(row, CellReader(MappedCells(row, mapping)))

    return TableFormat(name=NAME, label=LABEL, markers=(), columns=frozenset(mapping.values()), parse=parse_row)


def _parse_row(row: TableRow, cells: CellReader) -> ImportRow:
    status, shelf = split_status(cells.line("status"))
    rating, stated_rating = cells.rating("rating")
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
