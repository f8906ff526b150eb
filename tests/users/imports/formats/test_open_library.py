from decimal import Decimal

import pytest

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, reading
from users.imports.rows import ImportedBook


def test_reading_log() -> None:
    file, (read, wanted, stopped) = read_export("open_library.csv")
    assert (file.format.name, file.unknown_columns) == ("open_library", ())
    assert read.raw["Ratings Average"] == "4.2"
    assert stated(read) == {
        "book": ImportedBook(
            title="The Left Hand of Darkness",
            authors=("Ursula K. Le Guin",),
            work_key="OL59800W",
            edition_key="OL7521897M",
            first_publish_year=1969,
        ),
        "source_id": "OL59800W",
        "status": "read",
        "rating": Decimal("5.0"),
        "readings": (reading(),),
    }
    assert wanted.book.authors == ("Neil Gaiman", "Terry Pratchett", "King, Jr.")
    assert (wanted.status, wanted.rating, wanted.readings, wanted.book.edition_key) == ("want_to_read", None, (), None)
    assert (stopped.status, stopped.rating) == ("stopped", Decimal("2.0"))
    assert stopped.readings == (reading(outcome="abandoned"),)


def test_log_of_2021_has_keys_only() -> None:
    content = b"Work Id,Edition Id,Bookshelf\nOL102749W,,Currently Reading\n/works/OL1652392W,OL7194114M,Want to Read\n"
    file, (reading_row, wanted) = read_content(content)
    assert file.format.name == "open_library"
    assert stated(reading_row) == {
        "book": ImportedBook(work_key="OL102749W"),
        "source_id": "OL102749W",
        "status": "reading",
    }
    assert wanted.book == ImportedBook(work_key="OL1652392W", edition_key="OL7194114M")


@pytest.mark.parametrize("edition", ["", "None", "OLNoneM"])
def test_work_without_a_chosen_edition(edition: str) -> None:
    _, (row,) = read_content(f"Work Id,Edition Id,Bookshelf\nOL102749W,{edition},Already Read\n".encode())
    assert (row.book, row.problems) == (ImportedBook(work_key="OL102749W"), ())


def test_key_of_another_kind_is_reported() -> None:
    _, (row,) = read_content(b"Work Id,Edition Id,Bookshelf\n12,OL1M,Nowhere\n")
    assert (fields(row), row.status, row.shelf) == (["Work Id"], None, "Nowhere")


def test_optional_columns_can_be_missing() -> None:
    file, rows = read_content(drop_columns("open_library.csv", "Title", "Authors", "My Ratings", "First Publish Year"))
    assert file.unknown_columns == ("Other 1", "Other 2", "Other 3", "Other 7")
    assert [(row.book.title, row.rating, row.problems) for row in rows] == [(None, None, ())] * 3
