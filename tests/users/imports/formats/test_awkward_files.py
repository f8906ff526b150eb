"""Files as spreadsheets and other programs save them again."""

import csv
from decimal import Decimal

import pytest

from tests.users.imports.reading import fields, read, read_rows, reading, write_table

GOODREADS = {
    "Book Id": "1", "Title": "Memorial (José Saramago): Analise, da \"Obra\"; 2", "Author": "Ann  Lee",
    "ISBN": '="0441013597"', "ISBN13": '="9780441013593"', "My Rating": "4", "Date Read": "2024/05/03",
    "Date Added": "2023/01/02", "Bookshelves": "sf, été", "Exclusive Shelf": "read", "My Review": "a<br/>b &amp; c",
    "Read Count": "2",
}  # fmt: skip
STORYGRAPH = {
    "Title": "Circe; a, \"novel\"", "Authors": "Ann Lee", "ISBN/UID": "9780441013593", "Format": "paperback",
    "Read Status": "read", "Date Added": "2023/01/02", "Last Date Read": "2024/05/03",
    "Dates Read": "2024/05/01-2024/05/03", "Read Count": "1", "Star Rating": "3.25", "Review": "a", "Tags": "sf, été",
    "Owned?": "Yes",
}  # fmt: skip
LIBRARYTHING = {
    "Book Id": "1", "Title": 'He said "hi", she; said', "Primary Author": "Lee, Ann", "Rating": "4.5",
    "Date Started": "[2024-05-01]", "Date Read": "[2024-05-03]", "Tags": "sf,été", "Collections": "Your library",
    "ISBN": "[0441013597]", "ISBNs": "0441013597, 9780441013593", "Entry Date": "[2023-01-02]", "Media": "Paperback",
}  # fmt: skip
EXPORTS = {"goodreads": GOODREADS, "storygraph": STORYGRAPH, "librarything": LIBRARYTHING}


def quote_rows(text: str, *, end: str = "") -> str:
    """Each line as one cell, as Excel writes it if it has not split the lines. `end` are the empty cells after it."""
    cells = [line.replace('"', '""') for line in text.rstrip("\n").split("\n")]
    return "\r\n".join(f'"{cell}"{end}' for cell in cells) + "\r\n"


def save_again(row: dict[str, str]) -> dict[str, bytes]:
    """The table in the forms in which programs save it."""
    comma, semicolon, tab = (write_table([row], delimiter=delimiter) for delimiter in ",;\t")
    header, _, rest = comma.partition("\n")
    return {
        "comma": comma.encode(),
        "byte order mark": b"\xef\xbb\xbf" + comma.encode(),
        "semicolon": semicolon.encode(),
        "separator hint": b"\xef\xbb\xbfsep=;\r\n" + semicolon.replace("\n", "\r\n").encode(),
        "all cells quoted": write_table([row], quoting=csv.QUOTE_ALL).encode(),
        "UTF-16": ("\ufeff" + comma).encode("utf-16-le"),
        "UTF-16 without mark": comma.encode("utf-16-be"),
        "Windows-1252": semicolon.encode("cp1252"),
        "rows in one cell": quote_rows(comma).encode(),
        "rows in one cell, header not": f"{header}\r\n{quote_rows(rest)}".encode(),
        "rows in one cell, semicolons after it": quote_rows(comma, end=";;;").encode(),
        "rows with semicolons in one cell": quote_rows(semicolon).encode(),
        "tab": tab.encode(),
    }


@pytest.mark.parametrize("form", list(save_again(GOODREADS)))
@pytest.mark.parametrize("name", list(EXPORTS))
def test_values_do_not_depend_on_the_form_of_the_file(name: str, form: str) -> None:
    if (name, form) == ("librarything", "tab"):
        pytest.skip("its own form has tabs and no quotes")
    row = EXPORTS[name]
    file = read(save_again(row)[form])
    (found,) = file.rows

    assert (file.format.name, file.unknown_columns, found.problems, found.error) == (name, (), (), None)
    assert found.raw == row
    assert found.book.title == row["Title"]
    assert (found.book.authors, found.book.isbn_13) == (("Ann Lee",), "9780441013593")
    assert (found.status, found.tags, str(found.added_on)) == ("read", ("sf", "été"), "2023-01-02")
    assert found.readings[0].finished_on == reading("", "2024-05-03").finished_on


def test_a_comma_in_a_row_does_not_change_the_delimiter_of_an_unknown_table() -> None:
    content = "Titel;Wer\nOdes, Epodes;Horace\n"

    (row,) = read_rows(content, mapping={"title": "Titel", "authors": "Wer"})

    assert (row.book.title, row.book.authors) == ("Odes, Epodes", ("Horace",))


@pytest.mark.parametrize("line", ['="0141439580"', '"=""0141439580"""', "0141439580;", " 0-14-143958-0 ", "141439580"])
def test_lines_of_an_isbn_list_that_a_spreadsheet_has_written(line: str) -> None:
    (row,) = read_rows(f"ISBN\n{line}\n")

    assert (row.book.isbn_13, fields(row)) == ("9780141439587", [])


def test_an_isbn_list_in_one_long_line() -> None:
    """The sample that decides ends within an ISBN. A part that is none is an error of the list."""
    rows = read_rows(",".join(["9780141439587"] * 800 + ["97801414395"]))

    assert [row.book.isbn_13 for row in rows] == ["9780141439587"] * 800 + [None]
    assert [bool(row.error) for row in rows[-2:]] == [False, True]


def test_ratings_of_open_library() -> None:
    file = read(
        "Work ID,Edition ID,Title,Author(s),Rating,Created On\n"
        "OL45804W,OL7353617M,Fox,Roald Dahl | Quentin Blake,4,2022-01-02 03:04:05\n"
    )
    (row,) = file.rows

    assert (file.format.name, file.unknown_columns) == ("open_library_ratings", ())
    assert (row.book.work_key, row.book.edition_key, row.book.title) == ("OL45804W", "OL7353617M", "Fox")
    assert row.book.authors == ("Roald Dahl", "Quentin Blake")
    assert (row.rating, row.status, row.added_on, row.readings) == (Decimal(4), None, None, ())


@pytest.mark.parametrize("edition", ["", "OL-1M", "OLNoneM"])
def test_notes_of_open_library(edition: str) -> None:
    file = read(f'Work ID,Edition ID,Note,Created On\nOL45804W,{edition},"My\n""note""",2022-01-02 03:04:05\n')
    (row,) = file.rows

    assert file.format.name == "open_library_notes"
    assert (row.book.work_key, row.book.edition_key, row.notes, row.problems) == ("OL45804W", None, 'My\n"note"', ())
