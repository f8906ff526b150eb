from datetime import date
from decimal import Decimal

import pytest

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, read_rows, write_table
from users.imports.rows import ImportedBook


def test_catalogue() -> None:
    file, (ebook, other) = read_export("calibre.csv")
    assert (file.format.name, file.unknown_columns) == ("calibre", ("#read",))
    assert ebook.raw["comments"] == "<p>A description.</p>"
    assert stated(ebook) == {
        "book": ImportedBook(
            title="That Ain't Witchcraft", authors=("Seanan McGuire", "Ursula K. Le Guin"), isbn_13="9780756411800"
        ),
        "source_id": "3051ed45-8943-4900-a22a-d2704e3583df",
        "shelf": "Calibre",
        "rating": Decimal("5.0"),
        "tags": ("Cryptids", "Fantasy"),
        "added_on": date(2021, 1, 19),
        "format": "ebook",
    }
    assert (other.book.isbn_13, other.rating, other.format) == ("9780060853983", None, None)


def test_invalid_identifier_is_reported() -> None:
    _, (row,) = read_content(b"title,authors,identifiers,rating\nDune,F,isbn:9780441013594,4.5\n")
    assert (row.book.isbn_13, fields(row), row.rating) == (None, ["identifiers"], Decimal("4.5"))


def test_optional_columns_can_be_missing() -> None:
    file, rows = read_content(drop_columns("calibre.csv", "identifiers", "timestamp", "formats"))
    assert set(file.unknown_columns) == {"#read", "Other 4", "Other 5", "Other 8"}
    assert [(row.added_on, row.format, row.problems) for row in rows] == [(None, None, ())] * 2


@pytest.mark.parametrize(
    ("authors", "author_sort", "expected"),
    [
        ("Neil Gaiman, Terry Pratchett", "Gaiman, Neil & Pratchett, Terry", ("Neil Gaiman", "Terry Pratchett")),
        ("Plato, Aristotle", "Plato & Aristotle", ("Plato", "Aristotle")),
        (
            "Martin Luther King, Jr., Ann Lee",
            "King, Martin Luther, Jr. & Lee, Ann",
            ("Martin Luther King, Jr.", "Ann Lee"),
        ),
        ("Smith Jones, Mary Ann", "Smith Jones, Mary Ann", ("Smith Jones, Mary Ann",)),
        ("Neil Gaiman, Terry Pratchett", "", ("Neil Gaiman", "Terry Pratchett")),
        ("Le Guin, Ursula K.", "", ("Le Guin, Ursula K.",)),
        ("Neil Gaiman & Terry Pratchett", "", ("Neil Gaiman", "Terry Pratchett")),
    ],
)
def test_authors_are_separated_as_their_names_for_sorting(
    authors: str, author_sort: str, expected: tuple[str, ...]
) -> None:
    (row,) = read_rows(write_table([{"title": "Dune", "authors": authors, "author_sort": author_sort, "uuid": "1"}]))
    assert row.book.authors == expected


@pytest.mark.parametrize(
    ("isbn", "identifiers", "expected"),
    [
        ("043942089", "", "9780439420891"),  # 043942089X
        ("141439580", "", "9780141439587"),  # a spreadsheet has removed the zero
        ("043942089", "isbn:043942089X,google:abc", "9780439420891"),
        ("9780439420891", "", "9780439420891"),
        ("9780439420891", "isbn:9780060853983", None),
        ("043942088", "", None),
    ],
)
def test_isbn_without_its_check_digit(isbn: str, identifiers: str, expected: str | None) -> None:
    row = {"title": "Dune", "authors": "Frank Herbert", "isbn": isbn, "identifiers": identifiers}
    (found,) = read_rows(write_table([row]))
    assert (found.book.isbn_13, fields(found)) == (expected, [] if expected else ["isbn"])


def test_a_date_that_means_none_is_not_used() -> None:
    row = {
        "title": "Dune",
        "authors": "F",
        "uuid": "1",
        "timestamp": "0101-01-01T00:00:00+00:00",
        "formats": "m4b, mp3",
    }
    (found,) = read_rows(write_table([row]))
    assert (found.added_on, found.problems, found.format) == (None, (), "audio")


def test_byte_order_mark_that_was_decoded_as_text() -> None:
    content = "ï»¿authors,author_sort,title,uuid\n".encode() + b'"Frank Herbert","Herbert, Frank","Dune","1"\n'
    file, (row,) = read_content(content)
    assert (file.format.name, file.columns[0], row.book.authors) == ("calibre", "authors", ("Frank Herbert",))
