"""Reads an export of any known format. No Django, no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from books.records import CONTROL_CHARACTER
from core.text import describe_unknown_choice, fold
from users.imports.cell_reader import MAX_TAG
from users.imports.detection import KNOWN_COLUMNS, find_application, find_format, refuse_application
from users.imports.documents import is_document, parse_document, remove_control_characters
from users.imports.encodings import UNREADABLE, decode_text
from users.imports.errors import ImportFileRefused, UnknownColumns
from users.imports.file_types import CHOOSE_EXPORT, ZIP_START, read_zip, refuse_markup, refuse_other_types
from users.imports.formats import mapped
from users.imports.formats.document_format import DocumentFormat
from users.imports.formats.isbn_list import COLUMN, ISBN_LIST, find_lines
from users.imports.formats.registry import DOCUMENT_FORMATS, TABLE_FORMATS
from users.imports.formats.table_format import TableFormat, TableRow, fold_name
from users.imports.rows import ImportedBook, ImportRow, Problem
from users.imports.tables import (
    MAX_ROWS,
    Record,
    Table,
    blank_separator_hint,
    choose_delimiter,
    read_header,
    read_table,
)
from users.imports.values import show

MAX_BYTES = 20 * 1024 * 1024
MAX_SHOWN_COLUMNS, MAX_SHOWN_TEXT = 8, 200  # in a message
UNREADABLE_MESSAGE = "The cell has a character that could not be read. Check the text."
SAMPLES = 5  # rows that are shown for a column mapping
FORMATS: tuple[TableFormat | DocumentFormat, ...] = (*TABLE_FORMATS, ISBN_LIST, *DOCUMENT_FORMATS)
FORMAT_NAMES = (*(format_.name for format_ in FORMATS), mapped.NAME)


@dataclass(frozen=True, slots=True)
class ImportFile:
    """`unknown_columns` are the columns of the file that its format does not define. Documents have no columns.

    `rows` can be iterated once and raises nothing: a row that cannot be read has `error`.
    """

    format: TableFormat | DocumentFormat
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    rows: Iterator[ImportRow]


def read_import_file(
    file: BinaryIO, *, format_name: str | None = None, mapping: Mapping[str, str] | None = None
) -> ImportFile:
    """Reads a table, a JSON document, a ZIP with a document of Colophon, or a list of ISBNs.

    `format_name` is a name of FORMAT_NAMES; without it the format is detected. `mapping` has the column of the file for
    each field of mapped.FIELDS that the file has. Raises ImportFileRefused if the file cannot be imported, and
    UnknownColumns if it needs a mapping.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ImportFileRefused(f"The file is larger than {MAX_BYTES // 1024**2} MB. Split it into several files.")
    if format_name is not None and format_name not in FORMAT_NAMES:
        raise ImportFileRefused(describe_unknown_choice(format_name, FORMAT_NAMES))
    refuse_other_types(data)
    text = blank_separator_hint(decode_text(read_zip(data) if data.startswith(ZIP_START) else data))
    refuse_markup(text)
    if is_document(text):
        return _read_document(text, format_name)
    text = CONTROL_CHARACTER.sub("", text)
    return _read_mapped(text, mapping) if mapping else _read_text(text, format_name)


def _read_document(text: str, format_name: str | None) -> ImportFile:
    document = parse_document(text)
    named = [format_ for format_ in DOCUMENT_FORMATS if format_name in {None, format_.name}]
    found = next((format_ for format_ in named if format_.recognizes(document)), None)
    if found is None:
        raise ImportFileRefused(
            f"This is a JSON file of another program, not an export that can be imported. {CHOOSE_EXPORT}"
        )
    if not found.keeps_control_characters:
        document = remove_control_characters(document)
    rows = list(islice(found.parse(document), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise ImportFileRefused(f"The file has more than {MAX_ROWS:,} books. Split it into several files.")
    if not rows:
        raise ImportFileRefused("The file has no books.")
    return ImportFile(found, (), (), map(_complete_row, rows))


def _read_text(text: str, format_name: str | None) -> ImportFile:
    if format_name == mapped.NAME:
        raise _ask_for_columns(text, None)
    if format_name in {None, ISBN_LIST.name} and (lines := find_lines(text)):
        return _read_isbns(lines)
    delimiter = choose_delimiter(text, KNOWN_COLUMNS)
    columns = read_header(text, delimiter)
    found = _find_named(format_name, columns) if format_name else find_format(columns)
    application = None if format_name else find_application(columns)
    if application:
        refuse_application(application)
    if found is None or application:
        raise _ask_for_columns(text, application.name if application else None)
    # A format without quotes has tabs; with another delimiter a spreadsheet has saved it again.
    table = read_table(text, delimiter, has_quotes=found.has_quotes or delimiter != "\t")
    return _read_rows(found, table)


def _find_named(format_name: str, columns: tuple[str, ...]) -> TableFormat:
    """The format of this name, if the header has at least one of its columns."""
    found = next((format_ for format_ in TABLE_FORMATS if format_.name == format_name), None)
    if found is None or len(found.find_unknown(columns)) == len(columns):
        label = next((format_.label for format_ in FORMATS if format_.name == format_name), format_name)
        raise ImportFileRefused(f"The file is not of the format {label}: {_list_columns(columns)}")
    return found


def _list_columns(columns: tuple[str, ...]) -> str:
    shown = ", ".join(columns[:MAX_SHOWN_COLUMNS])
    return f"its columns are {shown[:MAX_SHOWN_TEXT]}." if columns else "it has no columns."


def _read_mapped(text: str, mapping: Mapping[str, str]) -> ImportFile:
    table = read_table(text, choose_delimiter(text, frozenset(map(fold_name, mapping.values()))))
    for field, column in mapping.items():
        if field not in mapped.FIELDS:
            raise ImportFileRefused(describe_unknown_choice(field, mapped.FIELDS))
        if column not in table.columns:
            raise ImportFileRefused(f"The file has no column {column!r}: {_list_columns(table.columns)}")
    rating = mapping.get("rating", "")
    is_larger = mapped.has_larger_rating((row for row, error in table.rows() if not error), rating)
    return _read_rows(mapped.build_format(mapping, has_known_scale=not is_larger), table)


def _read_isbns(lines: list[tuple[int, str]]) -> ImportFile:
    records = [Record(number, number, [line]) for number, line in lines]
    if len(records) > MAX_ROWS:
        raise ImportFileRefused(f"The file has more than {MAX_ROWS:,} lines. Split it into several files.")
    return _read_rows(ISBN_LIST, Table((COLUMN,), records))


def _ask_for_columns(text: str, application: str | None) -> UnknownColumns:
    table = read_table(text, choose_delimiter(text, KNOWN_COLUMNS))
    if len(table.columns) == 1 and fold_name(table.columns[0]) not in KNOWN_COLUMNS:
        raise ImportFileRefused(f"This is a text without columns. {CHOOSE_EXPORT}")
    samples = [dict(row.cells) for row, error in islice(table.rows(), SAMPLES) if error is None]
    return UnknownColumns(table.columns, samples, application)


def _read_rows(format_: TableFormat, table: Table) -> ImportFile:
    rows = (_read_row(format_, row, error) for row, error in table.rows())
    return ImportFile(format_, table.columns, format_.find_unknown(table.columns), rows)


def _read_row(format_: TableFormat, row: TableRow, error: str | None) -> ImportRow:
    if error:
        return ImportRow(line=row.line, raw=dict(row.cells), book=ImportedBook(), error=error)
    unreadable = [Problem(column, UNREADABLE_MESSAGE) for column, cell in row.cells.items() if UNREADABLE in cell]
    parsed = format_.parse(row)
    return _complete_row(replace(parsed, problems=(*parsed.problems, *unreadable)) if unreadable else parsed)


def _complete_row(row: ImportRow) -> ImportRow:
    book = row.book
    if row.shelf and (len(row.shelf) > MAX_TAG or not fold(row.shelf)):
        limit = f"longer than {MAX_TAG} characters" if len(row.shelf) > MAX_TAG else "without a letter, digit or sign"
        problem = Problem(None, f"The shelf {show(row.shelf)} was not used, because it is {limit}.")
        row = replace(row, shelf=None, problems=(*row.problems, problem))
    if row.error or row.skip_reason or book.title or book.isbn_13 or book.work_key or book.edition_key:
        return row
    return replace(row, error="The row has neither a title nor an ISBN.")
