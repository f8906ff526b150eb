from datetime import date
from decimal import Decimal

import pytest

from tests.users.imports.reading import fields, read, read_names, read_rows, reading, write_table
from users.imports.rows import ImportedReading, ImportRow

SHORT = read_names(
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,Binding,"
    "Number of Pages,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,"
    "Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,Private Notes,Read Count,Owned Copies"
)
LONG = [
    *SHORT[:-1], "Recommended For", "Recommended By", "Owned Copies", "Original Purchase Date",
    "Original Purchase Location", "Condition", "Condition Description", "BCID",
]  # fmt: skip
WITHOUT_AVERAGE = [column for column in SHORT if column != "Average Rating"]
ENHANCED = [*SHORT, "read_dates", "genres", "n_ratings"]
BOOK = {
    "Book Id": "7",
    "Title": "Dune (Dune, #1)",
    "Author": "Frank  Herbert",
    "ISBN": '="0142402494"',
    "ISBN13": '="9780142402498"',
    "My Rating": "4",
    "Binding": "Mass Market Paperback",
    "Original Publication Year": "1965",
    "Date Read": "2024/03/09",
    "Date Added": "2024/01/02",
    "Bookshelves": "favourites, sci-fi",
    "Exclusive Shelf": "read",
    "My Review": 'Line 1.<br/><br/>He said "no" &amp; <i>left</i>.',
    "Private Notes": "lent to Ann",
    "Read Count": "1",
    "Owned Copies": "1",
}


def parse(**cells: str) -> ImportRow:
    return parse_with(SHORT, **cells)


def parse_with(columns: list[str], /, **cells: str) -> ImportRow:
    """The row of BOOK with other cells. Underscores in names are spaces."""
    changed = {name if name in columns else name.replace("_", " "): text for name, text in cells.items()}
    (row,) = read_rows(write_table([{**BOOK, **changed}], columns))
    return row


@pytest.mark.parametrize("columns", [LONG, SHORT, WITHOUT_AVERAGE, ENHANCED], ids=len)
def test_variants(columns: list[str]) -> None:
    file = read(write_table([BOOK], columns))
    (row,) = file.rows

    assert (file.format.name, file.columns, file.unknown_columns) == ("goodreads", tuple(columns), ())
    assert (row.line, row.source_id, row.status, row.shelf) == (2, "7", "read", None)
    assert (row.book.title, row.book.authors) == ("Dune", ("Frank Herbert",))
    assert (row.book.isbn_13, row.book.first_publish_year) == ("9780142402498", 1965)
    assert row.rating == 4
    assert row.stated_rating is None
    assert row.review == 'Line 1.\n\nHe said "no" & left.'
    assert (row.notes, row.tags, row.contains_spoilers) == ("lent to Ann", ("favourites", "sci-fi"), False)
    assert (row.added_on, row.owned, row.format) == (date(2024, 1, 2), True, "paper")
    assert row.readings == (reading(finished_on="2024-03-09"),)
    assert (row.problems, row.error) == ((), None)
    assert row.raw == {column: BOOK.get(column, "") for column in columns}


@pytest.mark.parametrize(
    ("cells", "status", "shelf", "readings"),
    [
        ({"Exclusive Shelf": "to-read", "Date Read": "", "Read Count": "0"}, "want_to_read", None, []),
        ({"Exclusive Shelf": "currently-reading", "Date Read": ""}, "reading", None, []),
        ({"Exclusive Shelf": "read", "Date Read": "", "Read Count": "0"}, "read", None, [reading()]),
        ({"Exclusive Shelf": "read", "Date Read": "", "Read Count": "3"}, "read", None, [reading()] * 3),
        (
            {"Exclusive Shelf": "read", "Read Count": "2"},
            "read",
            None,
            [reading(finished_on="2024-03-09"), reading()],
        ),
        (
            {"Exclusive Shelf": "did-not-finish", "Date Read": "", "Read Count": "0"},
            "stopped",
            None,
            [reading(outcome="abandoned")],
        ),
        ({"Exclusive Shelf": "dnf"}, "stopped", None, [reading(finished_on="2024-03-09", outcome="abandoned")]),
        ({"Exclusive Shelf": "abandoned", "Date Read": ""}, "stopped", None, [reading(outcome="abandoned")]),
        ({"Exclusive Shelf": "unfinished", "Date Read": ""}, "stopped", None, [reading(outcome="abandoned")]),
        ({"Exclusive Shelf": "on-hold", "Date Read": ""}, "paused", None, []),
        ({"Exclusive Shelf": "waiting", "Date Read": ""}, None, "waiting", []),
        ({"Exclusive Shelf": "waiting"}, None, "waiting", [reading(finished_on="2024-03-09")]),
        ({"Exclusive Shelf": "", "Date Read": ""}, None, None, []),
    ],
)
def test_status_and_readings(
    cells: dict[str, str], status: str | None, shelf: str | None, readings: list[ImportedReading]
) -> None:
    row = parse(**cells)

    assert (row.status, row.shelf, list(row.readings)) == (status, shelf, readings)
    assert row.added_on == date(2024, 1, 2)
    assert not row.problems


def test_exclusive_shelf_is_no_tag() -> None:
    assert parse(Bookshelves="Waiting, poetry", **{"Exclusive Shelf": "waiting"}).tags == ("poetry",)


def test_dates_of_enhanced_files() -> None:
    row = parse_with(ENHANCED, read_dates="2020-01-02,2020-02-03; ,2022-05-06;2024-03-01,2024-03-09", Read_Count="4")

    assert row.readings == (
        reading("2020-01-02", "2020-02-03"),
        reading(finished_on="2022-05-06"),
        reading("2024-03-01", "2024-03-09"),
        reading(),
    )
    assert not row.problems


def test_started_reading_of_enhanced_files() -> None:
    row = parse_with(ENHANCED, read_dates="2024-03-01,", Exclusive_Shelf="currently-reading", Date_Read="")

    assert row.readings == (reading("2024-03-01", outcome=None),)


def test_last_reading_of_stopped_book_is_abandoned() -> None:
    row = parse_with(
        ENHANCED, read_dates="2020-01-02,2020-02-03;2024-03-01,", Exclusive_Shelf="dnf", Date_Read="2020/02/03"
    )

    assert row.readings == (reading("2020-01-02", "2020-02-03"), reading("2024-03-01", outcome="abandoned"))


def test_dates_of_enhanced_files_that_disagree() -> None:
    row = parse_with(ENHANCED, read_dates="2020-01-02,2020-02-03", Read_Count="1")

    assert row.readings == (reading("2020-01-02", "2020-02-03"),)
    assert fields(row) == ["Date Read"]
    assert len(parse_with(ENHANCED, read_dates="2020-01-02,2020-02-03", Read_Count="2").readings) == 2


@pytest.mark.parametrize("text", ["2020-01-02", "2021-01-02,2020-02-03", "x,y", "2020-13-01,"])
def test_unreadable_dates_of_enhanced_files(text: str) -> None:
    row = parse_with(ENHANCED, read_dates=text)

    assert fields(row) == ["read_dates"]
    assert row.readings == (reading(finished_on="2024-03-09"),)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Date Read", "3/9/2024"),
        ("Date Read", "09.03.2024"),
        ("Date Read", "2024/02/30"),
        ("Date Added", "2024/01"),
        ("My Rating", "6"),
        ("My Rating", "-1"),
        ("My Rating", "good"),
        ("Read Count", "1000000"),
        ("Original Publication Year", "MCMLXV"),
        ("ISBN13", "9.78014E+12"),
        ("ISBN13", "2940012572707"),
    ],
)
def test_unusable_cell_is_reported_and_the_others_are_used(column: str, text: str) -> None:
    row = parse(**{column: text})

    assert (fields(row), row.error) == ([column], None)
    assert row.raw[column] == text
    assert (row.book.title, row.status, len(row.readings)) == ("Dune", "read", 1)


@pytest.mark.parametrize(
    ("stated", "rating", "kept"), [("0", None, None), ("", None, None), ("2.0", "2", None), ("3.75", "4", "3.75")]
)
def test_rating(stated: str, rating: str | None, kept: str | None) -> None:
    row = parse(My_Rating=stated)

    assert row.rating == (Decimal(rating) if rating else None)
    assert row.stated_rating == (Decimal(kept) if kept else None)


def test_different_isbns_give_none() -> None:
    row = parse(ISBN='="0743273567"')

    assert (row.book.isbn_13, fields(row)) == (None, ["ISBN13"])


def test_isbn_of_the_other_column_is_used() -> None:
    assert parse(ISBN13='=""').book.isbn_13 == "9780142402498"
    assert parse(ISBN='=""').book.isbn_13 == "9780142402498"
    assert parse(ISBN="142402494", ISBN13="9.78E+12").book.isbn_13 == "9780142402498"
    assert parse(ISBN='=""', ISBN13='=""').book.isbn_13 is None


@pytest.mark.parametrize("text", ["true", "TRUE"])
def test_spoilers(text: str) -> None:
    assert parse(Spoiler=text).contains_spoilers


def test_marked_spoiler() -> None:
    row = parse(My_Review="Good. <spoiler>He dies.</spoiler>")

    assert (row.review, row.contains_spoilers) == ("Good. [spoiler]He dies.[/spoiler]", True)
    assert row.raw["My Review"] == "Good. <spoiler>He dies.</spoiler>"


def test_default_of_owned_copies_states_nothing() -> None:
    assert parse(Owned_Copies="0").owned is None


def test_year_before_the_common_era() -> None:
    assert parse(Original_Publication_Year="-700").book.first_publish_year == -700


def test_other_programs_write_the_status_into_shelves() -> None:
    jelu = "Title,Author,ISBN,Publisher,Date Read,Shelves,Bookshelves\nDune,Frank Herbert,,Ace,2024/03/09,read,sci-fi\n"
    converter = (
        "ISBN,Shelves,Date Added,Date Read,My Rating,My Review,Bookshelves\n0142402494,to-read,2024-01-02,,,,a\n"
    )
    (first,) = read_rows(jelu)
    (second,) = read_rows(converter)

    assert (first.status, first.tags, first.readings) == ("read", ("sci-fi",), (reading(finished_on="2024-03-09"),))
    assert (second.status, second.tags, second.added_on) == ("want_to_read", ("a",), date(2024, 1, 2))
    assert (second.book.title, second.book.isbn_13) == (None, "9780142402498")


def test_author_in_inverted_order() -> None:
    (row,) = read_rows('Title,Author l-f,Exclusive Shelf,My Rating\nTehanu,"Le Guin, Ursula K.",read,5\n')

    assert row.book.authors == ("Ursula K. Le Guin",)


def test_row_without_title_and_isbn_is_an_error() -> None:
    row = parse(Title="", ISBN="", ISBN13="")

    assert row.error == "The row has neither a title nor an ISBN."
