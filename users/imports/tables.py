"""Reads the text of a table into a header and rows, with the line numbers of the file."""

import csv
import io
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from users.imports.errors import ImportFileRefused
from users.imports.formats.table_format import TableRow, fold_name, index_columns

DELIMITERS = (",", ";", "\t")
MAX_ROWS = 10_000
MAX_COLUMNS = 500
MAX_HEADER = 100_000  # characters up to the end of the header
SEPARATOR_HINT = re.compile(r"\Asep=[,;\t](?=[\r\n])", re.IGNORECASE)
MAX_SEARCHED = 1_000  # lines after an error, for the next row
MAX_ERROR_TEXT = 10_000  # characters of a row that cannot be read
# A line of a review has a few commas, but not as many as a header of this length.
COLUMNS_FOR_RECOVERY = 8


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of the lines `line` to `last_line`, or the error for which these lines are no row."""

    line: int
    last_line: int
    cells: list[str]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    records: list[Record]

    def rows(self) -> Iterator[tuple[TableRow, str | None]]:
        """Every row with its error, if it has one. The row then has its text as the cell of a column without a name."""
        index = index_columns(self.columns)
        for record in self.records:
            if record.error:
                yield TableRow(record.line, {"": record.cells[0]}, {}), record.error
            else:
                yield TableRow(record.line, dict(zip(self.columns, record.cells, strict=True)), index), None


def blank_separator_hint(text: str) -> str:
    """Replaces the first line `sep=;`, which Excel reads, by an empty one, so that line numbers remain."""
    return SEPARATOR_HINT.sub("", text, count=1)


def choose_delimiter(text: str, known: Set[str]) -> str:
    """The delimiter that gives the header the most known names, then the most names, then the most cells.

    A header that a spreadsheet has put into one cell has the same names with every delimiter.
    `known` are folded names. csv.Sniffer is not used, because it guesses from characters of titles and reviews.
    """

    def rate(delimiter: str) -> tuple[int, int, int]:
        names = read_header(text, delimiter)
        record = next(_RecordReader(text[:MAX_HEADER], delimiter).read(), None)
        return len(known & set(map(fold_name, names))), len(names), len(record.cells) if record else 0

    return max(DELIMITERS, key=rate)


def read_header(text: str, delimiter: str) -> tuple[str, ...]:
    """The names of the columns, each different. Empty ones are named by their number."""
    record = next(_RecordReader(text[:MAX_HEADER], delimiter).read(), None)
    if record is None or record.error:
        return ()
    cells = unwrap_row(record.cells, delimiter)
    if len(cells) > MAX_COLUMNS:
        raise ImportFileRefused(f"The table has {len(cells):,} columns. At most {MAX_COLUMNS} can be imported.")
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"Column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return tuple(names)


def read_table(text: str, delimiter: str, *, has_quotes: bool = True) -> Table:
    """Raises ImportFileRefused if the table has no rows or too many. Rows without any text are skipped.

    A row with more or fewer cells than the header has is an error: any of its cells could be in the wrong column.
    """
    columns = read_header(text, delimiter)
    if not columns:
        raise ImportFileRefused("The first line, which has the names of the columns, cannot be read. Check its quotes.")
    reader = _RecordReader(text, delimiter, has_quotes=has_quotes)
    header = next(reader.read(), None)
    rows = reader.read(len(columns), after=header.last_line) if header else iter(())
    found = list(islice(rows, MAX_ROWS + 1))
    if len(found) > MAX_ROWS:
        raise ImportFileRefused(f"The file has more than {MAX_ROWS:,} rows. Split it into several files.")
    if not found:
        raise ImportFileRefused("The file has only a header and no books. Export the library again.")
    return Table(columns, found)


class _RecordReader:
    """Splits a text into records and keeps its position between them."""

    def __init__(self, text: str, delimiter: str, *, has_quotes: bool = True) -> None:
        self._lines = list(io.StringIO(text, newline=""))
        self._delimiter = delimiter
        self._quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if has_quotes else csv.QUOTE_NONE

    def read(self, columns: int = 0, *, after: int = 0) -> Iterator[Record]:
        """The records after a line that have text. `columns` is the number of cells of each, if it is known."""
        position = after
        while position < len(self._lines):
            if self._lines[position].isspace():
                position += 1
                continue
            record = self._read_record(position, columns)
            if record.error:
                record = self._limit_error(record, columns)
            position = record.last_line
            if any(map(str.strip, record.cells)):
                yield record

    def _read_record(self, position: int, columns: int) -> Record:
        """The strict mode of csv raises an error instead of changing a cell in which a quote is not doubled."""
        source = map(self._lines.__getitem__, range(position, len(self._lines)))
        reader = csv.reader(source, delimiter=self._delimiter, quoting=self._quoting, strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            return Record(position + 1, position + max(1, reader.line_num), [], _describe(error))
        record = Record(position + 1, position + reader.line_num, cells)
        return self._check_length(record, columns) if columns else record

    def _check_length(self, record: Record, columns: int) -> Record:
        if len(record.cells) == columns or not any(map(str.strip, record.cells)):
            return record
        cells = unwrap_row(record.cells, self._delimiter) if columns > 1 else record.cells
        if len(cells) == columns:
            return replace(record, cells=cells)
        return replace(record, error=f"The row has {len(record.cells)} cells, but the header has {columns}.")

    def _limit_error(self, record: Record, columns: int) -> Record:
        """The record of an error, up to the next line that is a complete row."""
        last_line = self._find_row(record, columns) if columns >= COLUMNS_FOR_RECOVERY else record.last_line
        text = "".join(self._lines[record.line - 1 : last_line]).strip()[:MAX_ERROR_TEXT]
        lines = f" Lines {record.line} to {last_line} were read as one row." if last_line > record.line else ""
        return Record(record.line, last_line, [text], f"{record.error}{lines}")

    def _find_row(self, record: Record, columns: int) -> int:
        """The number of lines before the next row. A quote that is not closed joins the lines of several rows."""
        for position in range(record.line, min(record.last_line, record.line + MAX_SEARCHED)):
            if len(self._read_record(position, columns).cells) == columns:
                return position
        return record.last_line


def unwrap_row(cells: list[str], delimiter: str) -> list[str]:
    """The cells of a row that a spreadsheet has put into one cell as a whole.

    A spreadsheet with another list separator adds its own: `"1,Odes,Horace";;`.
    """
    if len(cells) != 1 and any(cells[1:]):
        return cells
    found = [_split_cell(cells[0], each) for each in dict.fromkeys([delimiter, *DELIMITERS])]
    best = max(found, key=len)
    return best if len(best) > 1 else cells


def _split_cell(cell: str, delimiter: str) -> list[str]:
    """Empty if the cell is not a row."""
    try:
        rows = list(csv.reader(io.StringIO(cell, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return []
    return rows[0] if len(rows) == 1 else []


def _describe(error: csv.Error) -> str:
    message = str(error)
    if "end of data" in message or "field limit" in message:
        return "A quote of this row is not closed, or a cell is too long."
    return "A quote within a cell of this row is not doubled."
