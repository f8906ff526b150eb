"""Damaged files give rows with values or errors, and no other exceptions than the two of the module."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books.records import CONTROL_CHARACTER, MAX_TEXT, MAX_YEAR, MIN_YEAR
from core.partial_date import PartialDate
from tests.users.imports.formats import test_goodreads, test_other_tables, test_storygraph
from users.imports.errors import ImportFileRefused, UnknownColumns
from users.imports.formats.registry import TABLE_FORMATS
from users.imports.read_file import read_import_file
from users.imports.rows import ImportRow

BOOKS = {**test_other_tables.BOOK, **test_storygraph.BOOK, **test_goodreads.BOOK}
HEADERS = [
    test_goodreads.SHORT, test_goodreads.LONG, test_goodreads.ENHANCED, test_storygraph.COLUMNS,
    list(test_other_tables.BOOK), ["ISBN"], *(sorted(format_.columns) for format_ in TABLE_FORMATS),
]  # fmt: skip
STATUSES = {None, "want_to_read", "reading", "paused", "read", "stopped"}
CELLS = st.one_of(
    st.sampled_from(
        [*BOOKS.values(), "", "0", "-1", "1e9", "NaN", "9.78E+12", "142402494", '="', '=""', "Infinity", "²"]
    ),
    st.sampled_from(['"', '""', ",", ";", "\t", "\n", "\r", "\r\n", "\x00", "\ufeff", "<br", "&#0;", "(#1)", "(a #1"]),
    st.sampled_from(["3/9/2024", "2024/02/30", "2024/3", "0000", "9999-12-31", "2024/01/01-2023/01/01", ",;,", "10"]),
    st.text(max_size=30),
    st.from_regex(r"[0-9/.\-]{1,12}", fullmatch=True),
)
FIXED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A file with a known header, with changed names, cells and bytes."""
    header = list(draw(st.sampled_from(HEADERS)))
    row = [BOOKS.get(column, "") for column in header]
    for cells in (header, row):
        changes = st.dictionaries(st.integers(0, len(cells) - 1), CELLS, max_size=4)
        for place, cell in draw(changes).items():
            cells[place] = cell
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    is_quoted = draw(st.booleans())
    lines = [delimiter.join(quote(cell) if is_quoted else cell for cell in cells) for cells in (header, row, row)]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    data = line_end.join(lines).encode(encoding, errors="ignore")
    return damage(draw, data)


def damage(draw: st.DrawFn, data: bytes) -> bytes:
    """Replaces some bytes, or cuts the file, in one of four files."""
    kind = draw(st.integers(0, 7))
    place = draw(st.integers(0, len(data)))
    if kind == 0:
        return data[:place]
    return data[:place] + draw(st.binary(max_size=4)) + data[place + 1 :] if kind == 1 else data


def quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def read_all(data: bytes, mapping: dict[str, str] | None = None) -> list[ImportRow]:
    """The rows. Every exception but those of wrong files fails the test."""
    try:
        return list(read_import_file(io.BytesIO(data), mapping=mapping).rows)
    except UnknownColumns as error:
        with suppress(ImportFileRefused):
            return [] if mapping else read_all(data, {"title": error.columns[0], "rating": error.columns[-1]})
    except ImportFileRefused:
        pass
    return []


def check_row(row: ImportRow) -> None:
    """The values that a database and a reader accept."""
    json.dumps(row.raw, allow_nan=False).encode()
    assert row.line >= 1
    assert row.error or row.book.title or row.book.isbn_13 or row.book.work_key or row.book.edition_key
    assert row.status in STATUSES
    assert not (row.status and row.shelf)
    assert row.rating is None or row.rating in [Decimal(halves) / 2 for halves in range(1, 11)]
    assert row.stated_rating is None or 0 < (row.rating or 0) - row.stated_rating < Decimal("0.5")
    assert row.format in {None, "paper", "ebook", "audio"}
    assert row.book.isbn_13 is None or re.fullmatch("97[89][0-9]{10}", row.book.isbn_13)
    assert row.book.first_publish_year is None or MIN_YEAR <= row.book.first_publish_year <= MAX_YEAR
    for text, limit in texts(row):
        assert len(text) <= limit
        assert not CONTROL_CHARACTER.search(text)
    for reading in row.readings:
        assert reading.outcome in {None, "finished", "abandoned"}
        start, finish = reading.started_on, reading.finished_on
        assert not (start and finish and finish.is_certainly_before(start))


def texts(row: ImportRow) -> Iterator[tuple[str, int]]:
    yield row.book.title or "", MAX_TEXT["title"]
    yield from ((name, MAX_TEXT["author"]) for name in row.book.authors)
    yield from ((tag, 100) for tag in row.tags)
    yield from ((text, 10_000) for text in (row.review, row.notes))
    yield from ((cell, 200_000) for cell in row.raw.values() if isinstance(cell, str))
    yield from ((problem.message, 400) for problem in row.problems)


def check_origin(row: ImportRow) -> None:
    """Digits of dates, ratings and ISBNs are in the file: nothing is invented."""
    cells = " ".join(cell for cell in row.raw.values() if isinstance(cell, str))
    digits = re.sub("[^0-9]", "", cells)
    if row.book.isbn_13:
        assert row.book.isbn_13[3:12].lstrip("0") in digits
    stated = [day for reading in row.readings for day in (reading.started_on, reading.finished_on) if day]
    for day in [*stated, *([PartialDate.of(row.added_on)] if row.added_on else [])]:
        assert f"{day.year:04}" in cells
        assert day.day is None or re.search(rf"(?<![0-9])0?{day.day}(?![0-9])", cells)


@settings(FIXED, max_examples=5_000)
@given(tables())
def test_mutated_tables(data: bytes) -> None:
    for row in read_all(data):
        check_row(row)
        check_origin(row)


@settings(FIXED, max_examples=500)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore"))))
def test_any_bytes(data: bytes) -> None:
    for row in read_all(data):
        check_row(row)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda values: st.one_of(
        st.lists(values, max_size=3),
        st.dictionaries(
            st.sampled_from(["books_id", "title", "isbn", "tags", "rating", "format", "1"]), values, max_size=4
        ),
    ),
    max_leaves=12,
)


@settings(FIXED, max_examples=500)
@given(st.dictionaries(st.sampled_from(["1", "2"]), JSON, max_size=2))
def test_any_document(document: object) -> None:
    for row in read_all(json.dumps(document).encode()):
        check_row(row)


@pytest.mark.parametrize("text", ["3/9/2024", "09.03.2024", "2024-02-30", "1709942400"])
def test_ambiguous_dates_give_no_date(text: str) -> None:
    row = test_goodreads.parse(**{"Date Read": text, "Date Added": text})

    assert row.added_on is None
    assert [reading.finished_on for reading in row.readings] == [None]
