"""A list of ISBNs, one a line, with or without the header `ISBN`."""

import re

from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow, fold_name
from users.imports.rows import ImportedBook, ImportRow
from users.imports.values import InvalidValue, parse_isbn

HEADERS = {"isbn", "isbns", "isbn 10", "isbn 13", "isbn10", "isbn13", "ean"}
LINE_BREAK = re.compile(r"\r\n|\r|\n")
SEPARATOR = re.compile(r"[,;\s]+")
INCOMPLETE = re.compile(r"[^,;\s]*\Z")  # the last part of a text that was cut
IGNORED = " \t,;\"'"  # around an ISBN
SAMPLE, SAMPLE_LINES = 10_000, 100  # characters and lines that decide whether a text is a list
COLUMN = "ISBN"


def parse_row(row: TableRow) -> ImportRow:
    """A line that is no ISBN is an error, because it is all that the row has."""
    cells = CellReader(row)
    isbn = cells.isbn(COLUMN)
    error = None if isbn else cells.problems[0].message
    return ImportRow(line=row.line, raw=dict(row.cells), book=ImportedBook(isbn_13=isbn), error=error)


def find_lines(text: str) -> list[tuple[int, str]] | None:
    """The lines of a list with their numbers, without its header. None if the text is no list of ISBNs.

    At least half of the first lines have to be ISBNs, so that a list with errors is recognised and another text is not.
    Of a single line, more than half of its parts.
    """
    sample = text if len(text) <= SAMPLE else INCOMPLETE.sub("", text[:SAMPLE])
    start = _number_lines(sample)[:SAMPLE_LINES]
    valid = sum(_is_isbn(line) for _, line in start)
    return _number_lines(text) if start and 2 * valid >= len(start) else None


def _number_lines(text: str) -> list[tuple[int, str]]:
    lines = [_clean_line(line) for line in LINE_BREAK.split(text)]
    if len(separated := _split_single_line(lines)) > 1:
        return [(1, isbn) for isbn in separated]
    found = [(number, line) for number, line in enumerate(lines, 1) if line]
    return found[1:] if found and fold_name(found[0][1]) in HEADERS else found


def _split_single_line(lines: list[str]) -> list[str]:
    """The parts of a text that has only one line, separated by commas, semicolons or spaces. Empty if few are ISBNs."""
    parts = SEPARATOR.split(lines[0]) if not any(lines[1:]) else []
    start = parts[:SAMPLE_LINES]
    return parts if 2 * sum(map(_is_isbn, start)) > len(start) else []


def _clean_line(line: str) -> str:
    """Without `="…"`, with which a spreadsheet keeps an ISBN as text; in a CSV file its quotes are doubled."""
    return line.replace('""', '"').strip(IGNORED).removeprefix("=").strip(IGNORED)


def _is_isbn(text: str) -> bool:
    try:
        return parse_isbn(text) is not None
    except InvalidValue:
        return False


ISBN_LIST = TableFormat(
    name="isbn_list", label="List of ISBNs", markers=(), columns=frozenset({COLUMN}), parse=parse_row
)
