from datetime import date
from decimal import Decimal

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields
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
