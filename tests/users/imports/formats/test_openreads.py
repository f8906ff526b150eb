from datetime import date
from decimal import Decimal

import pytest

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, reading
from users.imports.rows import ImportedBook


def test_export() -> None:
    file, (finished, current, abandoned, deleted) = read_export("openreads.csv")
    assert (file.format.name, file.unknown_columns) == ("openreads", ())
    assert (finished.line, current.line) == (2, 5)
    assert stated(finished) == {
        "book": ImportedBook(
            title="Good Omens",
            subtitle="The Book",
            authors=("Neil Gaiman", "Terry Pratchett"),
            isbn_13="9780060853983",
            edition_key="OL27260330M",
        ),
        "status": "read",
        "rating": Decimal("4.5"),
        "review": 'It said "hm" <3',
        "notes": "lent",
        "tags": ("owned", "funny"),
        "added_on": date(2024, 3, 1),
        "format": "paper",
        "readings": (reading("2023-10-27", "2023-11-28"), reading("", "2024-01-05"), reading()),
    }
    assert finished.raw["description"].startswith("Two lines")
    assert (current.status, current.rating, current.book.authors) == ("reading", None, ("Smith, Mark",))
    assert current.readings == (reading("2024-05-01", outcome=None),)
    assert abandoned.book.authors == ("Le Guin, Ursula K.",)
    assert (abandoned.format, abandoned.readings) == ("audio", (reading(outcome="abandoned"),))
    assert (deleted.status, deleted.shelf) == (None, "unknown")
    assert deleted.skip_reason == "The book is deleted in Openreads. Restore it there to import it."


@pytest.mark.parametrize(
    "readings", ["2024-02-30||", "2024-05-02|2024-05-01|", "yesterday|today|5", "2024-05-01|2024-05-02|;x|y|z"]
)
def test_invalid_readings_are_reported(readings: str) -> None:
    content = f"title,author,olid,my_review,status,readings\nDune,F,,,finished,{readings}\n"
    _, (row,) = read_content(content.encode())
    assert set(fields(row)) == {"readings"}
    assert row.status == "read"


def test_optional_columns_can_be_missing() -> None:
    file, rows = read_content(drop_columns("openreads.csv", "readings", "tags", "deleted", "olid"))
    assert len(file.unknown_columns) == 4
    assert (rows[0].readings, rows[0].tags, rows[3].error) == ((reading(),), (), None)


def test_earlier_versions_have_one_reading_in_two_columns() -> None:
    columns = "title,author,status,rating,start_date,finish_date,olid,my_review,book_format,reading_time"
    content = (
        f"{columns}\r\nDune,F,finished,4.5,2021-05-01T00:00:00.000,2021-05-09T00:00:00.000,,,paperback,3600000\r\n"
        "Ubik,F,in_progress,,2021-06-01T00:00:00.000,,,,,\r\nEmma,F,planned,,,,,,,\r\n"
    )
    file, (finished, current, planned) = read_content(content.encode())
    assert (file.format.name, file.unknown_columns) == ("openreads", ())
    assert finished.readings == (reading("2021-05-01", "2021-05-09"),)
    assert current.readings == (reading("2021-06-01", outcome=None),)
    assert (planned.readings, planned.status) == ((), "want_to_read")
