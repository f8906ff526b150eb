from datetime import date
from decimal import Decimal

import pytest

from tests.users.imports.reading import fields, read, read_names, read_rows, reading, write_table
from users.imports.rows import ImportedReading, ImportRow

COLUMNS = read_names(
    "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Dates Read,Read Count,Moods,Pace,"
    "Character- or Plot-Driven?,Strong Character Development?,Loveable Characters?,Diverse Characters?,"
    "Flawed Characters?,Star Rating,Review,Content Warnings,Content Warning Description,Tags,Owned?"
)
BOOK = {
    "Title": "Always Coming Home",
    "Authors": "Ursula K. Le Guin, Todd Barton, Martin Luther King, Jr.",
    "Contributors": "Ann Lee (Translator)",
    "ISBN/UID": "9780520227354",
    "Format": "paperback",
    "Read Status": "read",
    "Date Added": "2021/05/10",
    "Last Date Read": "2021/06/02",
    "Dates Read": "2021/05/12-2021/06/02",
    "Read Count": "1",
    "Star Rating": "3.25",
    "Review": "<div>Good &amp; long.<br>Twice.</div>",
    "Tags": "sci-fi, Sci-Fi, utopia",
    "Owned?": "Yes",
}


def parse(**cells: str) -> ImportRow:
    changed = {name if name in COLUMNS else name.replace("_", " "): text for name, text in cells.items()}
    (row,) = read_rows(write_table([{**BOOK, **changed}], COLUMNS))
    return row


def test_all_columns() -> None:
    file = read(write_table([BOOK], COLUMNS))
    (row,) = file.rows

    assert (file.format.name, file.columns, file.unknown_columns) == ("storygraph", tuple(COLUMNS), ())
    assert row.book.title == "Always Coming Home"
    assert row.book.authors == ("Ursula K. Le Guin", "Todd Barton", "Martin Luther King, Jr.")
    assert (row.book.isbn_13, row.source_id) == ("9780520227354", "9780520227354")
    assert (row.status, row.rating, row.stated_rating) == ("read", Decimal("3.5"), Decimal("3.25"))
    assert (row.review, row.notes, row.tags) == ("Good & long.\nTwice.", "", ("sci-fi", "utopia"))
    assert (row.added_on, row.owned, row.format) == (date(2021, 5, 10), True, "paper")
    assert row.readings == (reading("2021-05-12", "2021-06-02"),)
    assert (row.problems, row.error) == ((), None)


def test_columns_of_2021() -> None:
    (row,) = read_rows("Title,Author,ISBN,Read Status,Star Rating\nDune,Frank Herbert,0142402494,to-read,\n")

    assert (row.book.title, row.book.authors, row.book.isbn_13) == ("Dune", ("Frank Herbert",), "9780142402498")
    assert (row.status, row.readings) == ("want_to_read", ())


@pytest.mark.parametrize(
    ("dates", "readings"),
    [
        ("2021/06/02", [reading(finished_on="2021-06-02")]),
        ("2021/05/12-2021/06/02", [reading("2021-05-12", "2021-06-02")]),
        ("2020/01/01, 2021/05/12-2021/06/02", [reading(finished_on="2020-01-01"), reading("2021-05-12", "2021-06-02")]),
        ("2021/05/12-2021/06/02;2020/01/01", [reading(finished_on="2020-01-01"), reading("2021-05-12", "2021-06-02")]),
        ("2021/05/12-", [reading("2021-05-12")]),
        ("2021/05", [reading(finished_on="2021-05")]),
        ("2020-2021", [reading("2020", "2021")]),
        ("2021-05-12 - 2021-06-02", [reading("2021-05-12", "2021-06-02")]),
        ("2021-06-02", [reading(finished_on="2021-06-02")]),
    ],
)
def test_dates_read(dates: str, readings: list[ImportedReading]) -> None:
    row = parse(Dates_Read=dates)

    assert (list(row.readings), row.problems) == (readings, ())


@pytest.mark.parametrize(
    ("cells", "status", "readings"),
    [
        ({"Read Status": "to-read", "Dates Read": "", "Last Date Read": "", "Read Count": "0"}, "want_to_read", []),
        ({"Read Status": "currently-reading", "Dates Read": "", "Last Date Read": ""}, "reading", []),
        (
            {"Read Status": "currently-reading", "Dates Read": "2021/05/12-", "Last Date Read": ""},
            "reading",
            [reading("2021-05-12", outcome=None)],
        ),
        ({"Read Status": "read", "Dates Read": "", "Last Date Read": "", "Read Count": "0"}, "read", [reading()]),
        ({"Read Status": "read", "Dates Read": ""}, "read", [reading(finished_on="2021-06-02")]),
        ({"Read Count": "2"}, "read", [reading("2021-05-12", "2021-06-02"), reading()]),
        (
            {"Read Status": "did-not-finish", "Dates Read": "", "Last Date Read": "", "Read Count": "0"},
            "stopped",
            [reading(outcome="abandoned")],
        ),
        ({"Read Status": "did-not-finish"}, "stopped", [reading("2021-05-12", "2021-06-02", "abandoned")]),
        ({"Read Status": "paused", "Dates Read": "", "Last Date Read": ""}, "paused", []),
        ({"Read Status": "", "Dates Read": "", "Last Date Read": "", "Read Count": "0"}, None, []),
    ],
)
def test_status_and_readings(cells: dict[str, str], status: str | None, readings: list[ImportedReading]) -> None:
    row = parse(**cells)

    assert (row.status, row.shelf, list(row.readings), row.problems) == (status, None, readings, ())


@pytest.mark.parametrize("quarters", range(21))
def test_quarters_are_rounded_up(quarters: int) -> None:
    stated = Decimal(quarters) / 4
    row = parse(Star_Rating=str(stated))

    assert row.rating == (Decimal((quarters + 1) // 2) / 2 or None)
    assert row.stated_rating == (stated if quarters % 2 else None)


@pytest.mark.parametrize(
    ("uid", "isbn", "problems"),
    [
        ("0374538654", "9780374538651", []),
        ("374538654", "9780374538651", []),
        ("B0084FWN26", None, []),
        ("3f2b8c1e-7a0d-4a55-9c0e-0d2f7c9b1a11", None, []),
        ("", None, []),
        ("9780520227355", None, ["ISBN/UID"]),
        ("9.78052E+12", None, ["ISBN/UID"]),
    ],
)
def test_uid(uid: str, isbn: str | None, problems: list[str]) -> None:
    row = parse(**{"ISBN/UID": uid})

    assert (row.book.isbn_13, row.source_id, fields(row)) == (isbn, uid or None, problems)


@pytest.mark.parametrize(
    ("text", "value"), [("digital", "ebook"), ("audio", "audio"), ("hardcover", "paper"), ("", None)]
)
def test_format(text: str, value: str | None) -> None:
    assert parse(Format=text).format == value


@pytest.mark.parametrize("dates", ["3/9/2021", "2021/06/02-2021/05/12", "May 2021", "2021/02/30"])
def test_unusable_dates_are_reported(dates: str) -> None:
    row = parse(Dates_Read=dates)

    assert (fields(row), row.readings) == (["Dates Read"], (reading(),))


def test_last_date_before_the_date_added_is_no_problem() -> None:
    assert not parse(Date_Added="2023/01/01").problems
