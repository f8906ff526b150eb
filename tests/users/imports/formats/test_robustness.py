"""Rows with arbitrary cells give values, problems or an error, and never an exception."""

import json
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.users.imports.formats.export_files import FILES, read_content, read_export
from users.imports.formats.librarything_document import LIBRARYTHING_DOCUMENT
from users.imports.formats.registry import TABLE_FORMATS
from users.imports.formats.table_format import TableRow
from users.imports.read_file import ImportFile
from users.imports.rows import ImportRow
from users.imports.statuses import NAMES

TABLES = [path.name for path in sorted(FILES.iterdir()) if path.suffix in {".csv", ".tsv"}]
HALVES = {Decimal(number) / 2 for number in range(1, 11)}
NUMBERS = ("0", "-1", "5.5", "1e309", "９", "9.78E+12", '="0060853980"', "999999999999", "²")
DATES = ("0000-00-00", "2024-02-30", "2024-13", "31/12/2024", "01/02/2024", "2024-05-01|2024-04-01|", "[2024]", "[]")
TEXTS = (
    "a,b;c|d&e", "|||||", ";;|||;", "(#1)", " (#3), ", "<br/><spoiler>", "&#0;&#x110000;", "isbn:", "OL0W", "OL1A",
    "read", "to-read", "did-not-finish", "x" * 11_000, "\u202e\u0000\ud800", "Your library, To read, Currently reading",
    ", Jr.", "=\"\"", "true", "Wishlist",
)  # fmt: skip
CELLS = st.one_of(st.sampled_from((*NUMBERS, *DATES, *TEXTS)), st.text(max_size=40))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), CELLS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


@cache
def read_once(name: str) -> tuple[ImportFile, list[ImportRow]]:
    return read_export(name)


def check(row: ImportRow, columns: set[str]) -> None:
    assert row.status in {None, *NAMES}
    assert row.status is None or row.shelf is None
    assert row.rating is None or row.rating in HALVES
    assert row.format in {None, "paper", "ebook", "audio"}
    assert max(len(row.review), len(row.notes)) <= 10_000
    assert {reading.outcome for reading in row.readings} <= {None, "finished", "abandoned"}
    assert {problem.field for problem in row.problems} <= {None, *columns}
    assert all(problem.message.endswith(".") for problem in row.problems)


@pytest.mark.parametrize("name", TABLES)
@settings(derandomize=True, max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_cells(name: str, data: st.DataObject) -> None:
    file, rows = read_once(name)
    format_ = next(format_ for format_ in TABLE_FORMATS if format_.name == file.format.name)
    cells = dict(data.draw(st.sampled_from(rows)).raw)
    cells |= data.draw(st.dictionaries(st.sampled_from(file.columns), CELLS, max_size=6))
    row = format_.parse(TableRow.of(7, cells))
    assert (row.line, row.raw) == (7, cells)
    check(row, set(file.columns))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(data=st.data())
def test_mutated_entries_of_librarything(data: st.DataObject) -> None:
    document: dict[str, Any] = json.loads((FILES / "librarything.json").read_text())
    keys = sorted({key for entry in document.values() if isinstance(entry, dict) for key in entry})
    mutation = data.draw(st.dictionaries(st.sampled_from(keys), VALUES, max_size=5))
    entries = {key: entry | mutation if isinstance(entry, dict) else entry for key, entry in document.items()}
    for line, row in enumerate(LIBRARYTHING_DOCUMENT.parse(entries), 1):
        assert row.line == line
        check(row, {*keys, "authors"})


@settings(derandomize=True, max_examples=300, deadline=None)
@given(document=st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_any_document_is_recognised_or_not(document: dict[str, Any]) -> None:
    if LIBRARYTHING_DOCUMENT.recognizes(document):
        assert len(list(LIBRARYTHING_DOCUMENT.parse(document))) == len(document)


@pytest.mark.parametrize("name", TABLES)
def test_markers_alone_are_enough(name: str) -> None:
    file, _ = read_once(name)
    format_ = next(format_ for format_ in TABLE_FORMATS if format_.name == file.format.name)
    for group in format_.markers:
        header = sorted(group)
        separator = "\t" if name.endswith(".tsv") else ","
        content = f"{separator.join(header)}\n{separator.join(['1'] * len(header))}\n"
        found, (row,) = read_content(content.encode())
        assert found.format.name == file.format.name
        assert row.line == 2
