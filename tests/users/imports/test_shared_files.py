"""Library files of other projects, compared with values that are read without code of the parsers."""

import csv
import html
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.installation import ROOT
from users.imports.read_file import read_import_file
from users.imports.rows import ImportedReading, ImportRow

DATA = ROOT.parent / "shared" / "data"
FILES = sorted([*DATA.glob("goodreads/*.csv"), *DATA.glob("storygraph/*.csv")])
SHIFTED = {"lokesh_sample-goodreads-full.csv": {"19", "20", "21"}}  # rows with a missing cell
STATUSES = {
    "read": "read", "to-read": "want_to_read", "currently-reading": "reading", "did-not-finish": "stopped",
    "dnf": "stopped",
}  # fmt: skip
BINDINGS = {
    "Paperback": "paper", "Hardcover": "paper", "Mass Market Paperback": "paper", "Kindle Edition": "ebook",
    "kindle_edition": "ebook", "ebook": "ebook", "Nook": "ebook", "Library Binding": "paper", "Audiobook": "audio",
}  # fmt: skip
SERIES = re.compile(r" \([^()]*#[0-9.]+\)$")

pytestmark = pytest.mark.skipif(not FILES, reason="The library files of other projects are not available.")


def read_plain(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return [dict(zip(header, cells, strict=False)) for cells in rows if len(cells) == len(header)]


def read_rows(path: Path) -> list[ImportRow]:
    with path.open("rb") as file:
        return list(read_import_file(file).rows)


def to_day(text: str) -> date | None:
    return date(*map(int, text.split("/"))) if text else None


def is_isbn_13(digits: str) -> bool:
    weights = [1, 3] * 7
    return (
        re.fullmatch("97[89][0-9]{10}", digits) is not None
        and sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 10 == 0
    )


def to_isbn_13(digits: str) -> str | None:
    """An ISBN-13 as it is, and an ISBN-10 with a new check digit, if the old one is right."""
    if len(digits) != 10:
        return digits if is_isbn_13(digits) else None
    values = [10 if digit == "X" else int(digit) for digit in digits]
    if sum(value * (10 - place) for place, value in enumerate(values)) % 11:
        return None
    return next(number for check in "0123456789" if is_isbn_13(number := f"978{digits[:9]}{check}"))


def read_ends(row: ImportRow) -> list[date | None]:
    return [date.fromisoformat(str(reading.finished_on)) if reading.finished_on else None for reading in row.readings]


def expect_outcomes(shelf: str, day: date | None, count: int) -> list[str]:
    match STATUSES.get(shelf):
        case "read":
            return ["finished"] * max(1, count)
        case "stopped":
            return ["abandoned"]
        case _:
            return ["finished"] if day else []


def plain_text(review: str) -> str:
    return html.unescape(re.sub(r"<br\s*/?>", "\n", review)).strip()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "goodreads"], ids=lambda path: path.name
)
def test_goodreads(path: Path) -> None:
    rows = [row for row in read_rows(path) if not row.error]
    plain = read_plain(path)

    assert len(rows) == len(plain) > 0
    for row, cells in zip(rows, plain, strict=True):
        assert row.raw == cells
        check_goodreads_book(row, cells)
        check_goodreads_entry(row, cells)


def check_goodreads_book(row: ImportRow, cells: dict[str, str]) -> None:
    isbns = [to_isbn_13(cells[column].strip('="')) for column in ("ISBN13", "ISBN") if cells[column].strip('="')]
    assert row.source_id == cells["Book Id"]
    assert row.book.title == SERIES.sub("", cells["Title"])
    assert row.book.authors == (re.sub(" +", " ", cells["Author"]),)
    assert row.book.isbn_13 == next(filter(None, isbns), None)
    assert len(row.problems) == isbns.count(None)
    assert row.book.first_publish_year == (int(cells["Original Publication Year"] or 0) or None)
    assert row.format == BINDINGS.get(cells["Binding"])


def check_goodreads_entry(row: ImportRow, cells: dict[str, str]) -> None:
    shelf, day = cells["Exclusive Shelf"], to_day(cells["Date Read"])
    outcomes = expect_outcomes(shelf, day, int(cells["Read Count"]))
    assert row.status == STATUSES.get(shelf)
    assert row.shelf == (None if shelf in STATUSES else shelf)
    assert (row.rating or 0, row.stated_rating) == (int(cells["My Rating"]), None)
    assert row.review == plain_text(cells["My Review"])
    assert (row.notes, row.contains_spoilers) == (cells["Private Notes"], cells["Spoiler"] == "true")
    assert list(row.tags) == [name for name in cells["Bookshelves"].split(", ") if name not in {"", shelf}]
    assert row.added_on == to_day(cells["Date Added"])
    assert row.owned == (True if int(cells["Owned Copies"]) else None)
    assert [reading.outcome for reading in row.readings] == outcomes
    assert read_ends(row) == ([day] + [None] * (len(outcomes) - 1) if outcomes else [])
    assert all(reading.started_on is None for reading in row.readings)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_rows_with_missing_cells_are_errors(path: Path) -> None:
    errors = [row for row in read_rows(path) if row.error]

    assert {row.raw[""].split(",")[0] for row in errors} == SHIFTED.get(path.name, set())
    assert all("23 cells, but the header has 24" in (row.error or "") for row in errors)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_line_numbers(path: Path) -> None:
    """No file here has line breaks in cells, so that every line but the header is a row."""
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [row.line for row in read_rows(path)] == [number for number, line in enumerate(lines, 1) if line][1:]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "storygraph"], ids=lambda path: path.name
)
def test_storygraph(path: Path) -> None:
    rows = read_rows(path)
    plain = read_plain(path)

    assert len(rows) == len(plain) > 0
    for row, cells in zip(rows, plain, strict=True):
        assert row.raw == cells
        assert (row.book.title, list(row.book.authors)) == (cells["Title"], cells["Authors"].split(", "))
        assert row.book.isbn_13 == to_isbn_13(cells["ISBN/UID"])
        assert (row.status, row.shelf) == (STATUSES[cells["Read Status"]], None)
        assert (row.rating or 0) == Decimal(cells["Star Rating"] or 0)
        assert (row.review, row.tags, row.notes) == (cells["Review"], (), "")
        assert (row.added_on, row.owned) == (to_day(cells["Date Added"]), cells["Owned?"] == "Yes")
        assert row.readings == (ImportedReading(outcome="finished"),) * int(cells["Read Count"])
        assert (row.problems, row.error) == ((), None)
