from datetime import date
from decimal import Decimal

import pytest

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, read, read_rows, reading, write_table
from users.imports.rows import ImportedBook


def test_export() -> None:
    file, (completed, abandoned, not_begun, unstated, film) = read_export("libib.csv")
    assert (file.format.name, len(file.columns), file.unknown_columns) == ("libib", 30, ())
    assert completed.raw["publish_date"] == "2006-11-28"
    assert stated(completed) == {
        "book": ImportedBook(title="Good Omens", authors=("Neil Gaiman", "Terry Pratchett"), isbn_13="9780060853983"),
        "status": "read",
        "rating": Decimal("4.5"),
        "review": "Great",
        "notes": "lent",
        "tags": ("funny", "reread"),
        "added_on": date(2019, 12, 24),
        "owned": True,
        "readings": (reading("2020-01-01", "2020-01-04"),),
    }
    assert (abandoned.status, abandoned.book.authors) == ("stopped", ("Toni Morrison",))
    assert abandoned.readings == (reading("2021-01-01", outcome="abandoned"),)
    assert (not_begun.status, not_begun.shelf, not_begun.readings) == ("want_to_read", None, ())
    assert (unstated.status, unstated.shelf, unstated.owned) == (None, "Attic", None)
    assert (film.media, film.book.isbn_13, film.problems) == ("movie", None, ())


def test_columns_of_the_import_template() -> None:
    content = b"title,ean_isbn13,began_date,completed_date\nDune,9780441013593,2024-02,2024-01\n"
    _, (row,) = read_content(content)
    assert (row.status, row.readings, fields(row)) == ("read", (reading(),), ["completed_date"])


def test_optional_columns_can_be_missing() -> None:
    file, rows = read_content(drop_columns("libib.csv", "status", "collection", "copies"))
    assert len(file.unknown_columns) == 3
    assert [(row.status, row.shelf) for row in rows[:4]] == [
        ("read", None), ("reading", None), (None, "Libib"), (None, "Libib"),
    ]  # fmt: skip
    assert rows[0].owned is None


@pytest.mark.parametrize(
    ("creators", "first_name", "last_name", "expected"),
    [
        ("Neil Gaiman, Terry Pratchett", "Neil", "Gaiman", ("Neil Gaiman", "Terry Pratchett")),
        ("Plato, Benjamin Jowett", "", "Plato", ("Plato", "Benjamin Jowett")),
        ("Gaiman, Neil", "Neil", "Gaiman", ("Neil Gaiman",)),
        ("Le Guin, Ursula K.", "", "", ("Le Guin, Ursula K.",)),
        ("", "Toni", "Morrison", ("Toni Morrison",)),
    ],
)
def test_creators(creators: str, first_name: str, last_name: str, expected: tuple[str, ...]) -> None:
    row = {"item_type": "book", "title": "Odes", "creators": creators, "first_name": first_name, "last_name": last_name}
    (found,) = read_rows(write_table([row]))
    assert found.book.authors == expected


def test_authors_column_of_2016() -> None:
    row = {"authors": "Neil Gaiman, Terry Pratchett", "first_name": "Neil", "last_name": "Gaiman", "title": "Omens",
           "ean_isbn13": "9780060853983", "status": "Completed"}  # fmt: skip
    file = read(write_table([row]))
    (found,) = file.rows
    assert (file.format.name, file.unknown_columns) == ("libib", ())
    assert (found.book.authors, found.status) == (("Neil Gaiman", "Terry Pratchett"), "read")
