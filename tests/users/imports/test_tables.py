import csv
import io
from decimal import Decimal

import pytest

from tests.users.imports.reading import read, read_rows
from users.imports.errors import ImportFileRefused

HEADER = "Book Id,Title,Author,ISBN,My Rating,Date Read,Bookshelves,Exclusive Shelf,My Review"
ROW = "1,Dune,Frank Herbert,,4,,,read,"


def table(*lines: str) -> str:
    return "\n".join([HEADER, *lines, ""])


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_numbers_with_breaks_in_cells(line_end: str) -> None:
    review = '2,"The ""Left"" Hand",Le Guin,,,,,read,"One.\n\nTwo, three."'
    rows = read_rows(table(ROW, "", review, ",,,,,,,,", ROW).replace("\n", line_end))

    assert [(row.line, row.book.title, row.error) for row in rows] == [
        (2, "Dune", None), (4, 'The "Left" Hand', None), (8, "Dune", None),
    ]  # fmt: skip
    assert rows[1].review == "One.\n\nTwo, three."


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter: str) -> None:
    cells = [["Title", "Author", "Exclusive Shelf", "My Rating"], ["A; B, C\tD", "Ann, Lee", "read", "4"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(cells)
    (row,) = read_rows(buffer.getvalue())

    assert list(row.raw.values()) == cells[1]
    assert row.book.title == "A; B, C D"


def test_hint_for_excel() -> None:
    rows = read_rows("sep=;\r\nTitle;Author;Exclusive Shelf;My Rating\r\nDune;Frank Herbert;read;4\r\n")

    assert [(row.line, row.book.title) for row in rows] == [(3, "Dune")]


def test_names_of_columns_in_other_spelling() -> None:
    (row,) = read_rows("\ufeffTITLE, author ,exclusive_shelf,my  rating\nDune,Frank Herbert,read,4\n")

    assert (row.book.title, row.book.authors, row.status, row.rating) == (
        "Dune",
        ("Frank Herbert",),
        "read",
        Decimal(4),
    )


def test_order_of_columns_does_not_matter() -> None:
    (row,) = read_rows("My Rating,Exclusive Shelf,Author,Title\n4,read,Frank Herbert,Dune\n")

    assert (row.book.title, row.book.authors, row.status, row.rating) == (
        "Dune",
        ("Frank Herbert",),
        "read",
        Decimal(4),
    )


@pytest.mark.parametrize(
    ("line", "number"), [("1,Dune, Part Two,Frank Herbert,,4,,,read,", 10), ("1,Dune,Frank Herbert,,4,,read,", 8)]
)
def test_wrong_number_of_cells_is_an_error(line: str, number: int) -> None:
    first, second = read_rows(table(line, ROW))

    assert first.error == f"The row has {number} cells, but the header has 9."
    assert (first.line, first.raw, first.book.title) == (2, {"": line}, None)
    assert (second.line, second.book.title, second.error) == (3, "Dune", None)


def test_duplicate_and_empty_names() -> None:
    file = read("Title,Title,Author,Exclusive Shelf,My Rating,,\nDune,Other,Frank Herbert,read,4,x,\n")
    (row,) = file.rows

    assert file.columns == ("Title", "Title (2)", "Author", "Exclusive Shelf", "My Rating", "Column 6", "Column 7")
    assert file.unknown_columns == ("Title (2)", "Column 6", "Column 7")
    assert row.book.title == "Dune"
    assert row.raw == dict(zip(file.columns, ["Dune", "Other", "Frank Herbert", "read", "4", "x", ""], strict=True))


def quote(line: str) -> str:
    return '"' + line.replace('"', '""') + '"'


@pytest.mark.parametrize("is_header_quoted", [True, False])
def test_lines_that_excel_has_quoted_as_a_whole(is_header_quoted: bool) -> None:
    review = '2,"Dune, Messiah",Frank Herbert,="0142402494",5,2024/03/09,"a, b",read,"He said ""no"".\nTwice."'
    rows = read_rows("\n".join([quote(HEADER) if is_header_quoted else HEADER, quote(review), ROW, ""]))

    assert [(row.line, row.book.title, row.error) for row in rows] == [(2, "Dune, Messiah", None), (4, "Dune", None)]
    assert (rows[0].book.isbn_13, rows[0].review) == ("9780142402498", 'He said "no".\nTwice.')


def test_quote_that_is_not_closed_spoils_only_its_row() -> None:
    for last in (ROW, '5,"Dune, Messiah",Frank Herbert,,,,,read,'):
        rows = read_rows(table(ROW, '3,"Dune,Frank Herbert,,4,,,read,', ROW, last))

        assert [(row.line, row.error is None) for row in rows] == [(2, True), (3, False), (4, True), (5, True)]


def test_multi_line_row_with_too_many_cells_is_one_error() -> None:
    rows = read_rows(table('3,Dune, Messiah,Frank Herbert,,4,,,read,"One,\ntwo,\nthree."', ROW))

    assert [row.line for row in rows] == [2, 5]
    assert rows[0].error == "The row has 10 cells, but the header has 9. Lines 2 to 4 were read as one row."


def test_quote_that_is_not_closed_in_a_small_table() -> None:
    rows = read_rows('Title,Author,My Rating,Date Read\nA,B,4,\nC,"D,4,\nE,F,4,\nG,H,4,\n')

    assert [row.error for row in rows] == [
        None,
        "A quote of this row is not closed, or a cell is too long. Lines 3 to 5 were read as one row.",
    ]


def test_quote_that_is_not_doubled_is_an_error() -> None:
    first, second = read_rows(table('1,"Dune "Messiah" 2",Frank Herbert,,4,,,read,', ROW))

    assert (first.error, second.error) == ("A quote within a cell of this row is not doubled.", None)


def test_cell_above_the_limit_of_csv() -> None:
    rows = read_rows(table(f'1,Dune,Frank Herbert,,4,,,read,"{"x" * 200_000}"', ROW))

    assert [(row.line, row.error is None) for row in rows] == [(2, False), (3, True)]
    assert len(rows[0].raw[""]) == 10_000


def test_number_of_rows() -> None:
    assert sum(row.error is None for row in read_rows(table(*[ROW] * 10_000))) == 10_000
    with pytest.raises(ImportFileRefused, match="more than 10,000 rows"):
        read(table(*[ROW] * 10_001))


def test_number_of_columns() -> None:
    with pytest.raises(ImportFileRefused, match="600 columns"):
        read(",".join(f"c{number}" for number in range(600)) + "\n1\n")


@pytest.mark.parametrize("content", [HEADER, HEADER + "\n", HEADER + "\n\n ,,,,\n"])
def test_header_without_rows_is_refused(content: str) -> None:
    with pytest.raises(ImportFileRefused, match="only a header"):
        read(content)


@pytest.mark.parametrize("content", ['"""' + HEADER + "\n" + ROW, '"' + HEADER + "\n" + ROW])
def test_header_that_cannot_be_read_is_refused(content: str) -> None:
    with pytest.raises(ImportFileRefused, match=r"first line.*cannot be read"):
        read(content)
