"""Lists of ISBNs, and tables with columns that a person has assigned."""

from datetime import date
from decimal import Decimal

import pytest

from tests.users.imports.reading import fields, read, read_rows, reading, write_table
from users.imports.errors import ImportFileRefused, UnknownColumns
from users.imports.formats.mapped import FIELDS

MAPPING = {
    "title": "Titel", "authors": "Autor", "isbn": "Nummer", "status": "Stand", "rating": "Sterne", "review": "Kritik",
    "notes": "Notiz", "tags": "Themen", "added_on": "Dazu", "started_on": "Von", "finished_on": "Bis",
    "owned": "Besitz", "format": "Einband", "publication_year": "Jahr",
}  # fmt: skip
BOOK = {
    "Titel": "Dune", "Autor": "Herbert, Frank; Brian Herbert", "Nummer": "978-0-14-240249-8", "Stand": "finished",
    "Sterne": "4,5", "Kritik": "Good<br>book", "Notiz": "<b>own</b> words", "Themen": "sci-fi; desert, sand",
    "Dazu": "2024-01-02", "Von": "2024-02", "Bis": "15.03.2024", "Besitz": "yes", "Einband": "E-book", "Jahr": "1965",
    "Farbe": "red",
}  # fmt: skip


def test_list_of_isbns() -> None:
    file = read("9780142402498\n\n0-14-240249-4\r\n9780142402499\r\n014240249x\n978 0 374 53865 1,\n")
    rows = list(file.rows)

    assert (file.format.name, file.columns, file.unknown_columns) == ("isbn_list", ("ISBN",), ())
    assert [(row.line, row.book.isbn_13) for row in rows] == [
        (1, "9780142402498"), (3, "9780142402498"), (4, None), (5, None), (6, "9780374538651"),
    ]  # fmt: skip
    assert [row.line for row in rows if row.error] == [4, 5]
    assert all(row.status is None and row.readings == () for row in rows)


@pytest.mark.parametrize("header", ["ISBN", "isbn13", '"ISBN"', "\ufeffISBN"])
def test_list_with_header(header: str) -> None:
    assert [(row.line, row.book.isbn_13) for row in read_rows(f'{header}\n"9780142402498"\n')] == [(2, "9780142402498")]


@pytest.mark.parametrize("separator", [",", "; ", " ", "\t"])
def test_list_in_one_line(separator: str) -> None:
    content = f"9780142402498{separator}0-14-240249-4{separator}9780374538651\n"
    assert [row.book.isbn_13 for row in read_rows(content)] == ["9780142402498", "9780142402498", "9780374538651"]


def test_long_list_is_refused() -> None:
    with pytest.raises(ImportFileRefused, match="10,000"):
        read("9780142402498\n" * 10_001)


def test_text_without_columns_is_refused() -> None:
    with pytest.raises(ImportFileRefused, match="without columns"):
        read("Dear reader\nthis is a letter\n9780142402498\n")


def test_unknown_columns_are_named_with_samples() -> None:
    with pytest.raises(UnknownColumns) as caught:
        read(write_table([BOOK] * 7, delimiter=";"))

    assert caught.value.columns == tuple(BOOK)
    assert caught.value.samples == [BOOK] * 5
    assert caught.value.application is None


def test_mapping() -> None:
    assert set(MAPPING) == set(FIELDS)
    file = read(write_table([BOOK], delimiter=";"), mapping=MAPPING)
    (row,) = file.rows

    assert (file.format.name, file.unknown_columns) == ("mapped", ("Farbe",))
    assert (row.book.title, row.book.authors) == ("Dune", ("Herbert, Frank", "Brian Herbert"))
    assert (row.book.isbn_13, row.book.first_publish_year) == ("9780142402498", 1965)
    assert (row.status, row.shelf, row.rating) == ("read", None, Decimal("4.5"))
    assert (row.review, row.notes, row.tags) == ("Good\nbook", "<b>own</b> words", ("sci-fi", "desert, sand"))
    assert (row.added_on, row.owned, row.format) == (date(2024, 1, 2), True, "ebook")
    assert row.readings == (reading("2024-02", "2024-03-15"),)
    assert (row.raw, row.problems, row.error) == (BOOK, (), None)


def test_problems_name_the_column_of_the_file() -> None:
    (row,) = read_rows(write_table([{**BOOK, "Bis": "3/9/2024", "Besitz": "perhaps"}]), mapping=MAPPING)

    assert fields(row) == ["Bis", "Besitz"]


def test_unknown_status_is_a_shelf() -> None:
    (row,) = read_rows(write_table([{**BOOK, "Stand": "Gelesen"}]), mapping=MAPPING)

    assert (row.status, row.shelf) == (None, "Gelesen")


def test_ratings_of_an_unknown_scale_are_not_used() -> None:
    rows = read_rows(write_table([{**BOOK, "Sterne": "4"}, {**BOOK, "Sterne": "8"}]), mapping=MAPPING)

    assert [(row.rating, fields(row)) for row in rows] == [(None, ["Sterne"])] * 2


@pytest.mark.parametrize(
    ("mapping", "message"), [({"title": "Name"}, "no column 'Name'"), ({"titel": "Titel"}, "Did you mean 'title'")]
)
def test_mapping_that_does_not_fit(mapping: dict[str, str], message: str) -> None:
    with pytest.raises(ImportFileRefused, match=message):
        read(write_table([BOOK]), mapping=mapping)


def test_format_name_corrects_the_detection() -> None:
    content = "Title,Author,My Rating\nDune,Frank Herbert,4\n"
    (row,) = read_rows(content, format_name="goodreads")

    assert (row.book.title, row.rating, row.status) == ("Dune", Decimal(4), None)
    with pytest.raises(UnknownColumns):
        read(content)
    with pytest.raises(UnknownColumns):
        read(content, format_name="mapped")
    with pytest.raises(ImportFileRefused, match="not of the format StoryGraph: its columns are Titel"):
        read(write_table([BOOK]), format_name="storygraph")
    with pytest.raises(ImportFileRefused, match="Did you mean 'goodreads'"):
        read(content, format_name="goodread")


def test_unknown_columns_of_a_known_format_are_kept() -> None:
    file = read("Title,Author,Exclusive Shelf,My Rating,Mood\nDune,Frank Herbert,read,4,dark\n")

    assert file.unknown_columns == ("Mood",)
    assert next(file.rows).raw["Mood"] == "dark"
