from datetime import date
from decimal import Decimal

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, reading
from users.imports.rows import ImportedBook

COLUMNS_OF_2022 = (
    "title,author_text,remote_id,openlibrary_key,inventaire_id,librarything_key,goodreads_key,bnf_id,viaf,wikidata,"
    "asin,isbn_10,isbn_13,oclc_number,rating,review_name,review_cw,review_content"
)


def test_export() -> None:
    file, (read, stopped, cooking, favourite, read_and_stopped) = read_export("bookwyrm.csv")
    assert (file.format.name, file.unknown_columns) == ("bookwyrm", ())
    assert stated(read) == {
        "book": ImportedBook(
            title="Gideon the Ninth",
            authors=("Tamsyn Muir", "Martin Luther King, Jr."),
            isbn_13="9781250313195",
            edition_key="OL26827703M",
        ),
        "source_id": "https://books.example/book/2",
        "status": "read",
        "rating": Decimal("3.5"),
        "review": "Bones\n\nVery good.\nTwice.",
        "contains_spoilers": True,
        "added_on": date(2020, 10, 21),
        "readings": (reading("2020-10-21", "2020-10-25"),),
    }
    assert (stopped.status, stopped.book.work_key, stopped.rating) == ("stopped", "OL19923453W", None)
    assert stopped.readings == (reading("2020-03-05", "2020-03-06", "abandoned"),)
    assert (cooking.status, cooking.shelf, cooking.tags) == (None, "Cooking", ())
    assert (cooking.book.work_key, cooking.book.edition_key, cooking.problems) == (None, None, ())
    assert cooking.readings == (reading("2019-07-08", outcome=None),)
    assert (favourite.status, favourite.shelf, favourite.tags) == ("read", None, ("Favourites",))
    assert read_and_stopped.status == "read"
    assert read_and_stopped.readings == (reading("2022-01-01", "2022-02-01", "abandoned"), reading())


def test_export_of_2022_has_no_shelf_and_no_dates() -> None:
    row_of_2022 = "Dune,Frank Herbert,https://b.example/1,,,,,,,,,,9780441013593,,4.00,,,Fine"
    file, (row,) = read_content(f"{COLUMNS_OF_2022}\r\n{row_of_2022}\r\n".encode())
    assert file.format.name == "bookwyrm"
    assert stated(row) == {
        "book": ImportedBook(title="Dune", authors=("Frank Herbert",), isbn_13="9780441013593"),
        "source_id": "https://b.example/1",
        "rating": Decimal("4.0"),
        "review": "Fine",
    }


def test_status_is_read_from_the_identifier_of_the_shelf() -> None:
    content = b"title,author_text,remote_id,shelf,shelf_name\nDune,F,https://b.example/1,reading,Lese ich gerade\n"
    _, (row,) = read_content(content)
    assert (row.status, row.shelf) == ("reading", None)


def test_invalid_values_are_reported_by_column() -> None:
    columns = "title,author_text,remote_id,isbn_13,rating,finish_date,stopped_date,shelf,openlibrary_key"
    content = f"{columns}\nDune,F,https://b.example/1,9780441013594,7,2024-13-01,,read,Q1\n"
    _, (row,) = read_content(content.encode())
    assert set(fields(row)) == {"isbn_13", "rating", "finish_date", "openlibrary_key"}
    assert (row.status, row.readings) == ("read", (reading(),))


def test_optional_columns_can_be_missing() -> None:
    file, rows = read_content(drop_columns("bookwyrm.csv", "finish_date", "review_name", "shelf_date", "isbn_13"))
    assert len(file.unknown_columns) == 4
    assert [row.problems for row in rows] == [()] * 5
    assert (rows[0].review, rows[0].added_on, rows[0].book.isbn_13) == ("Very good.\nTwice.", None, "9781250313195")


def test_review_with_its_title_is_cut_at_the_limit_of_reviews() -> None:
    columns = "title,author_text,remote_id,review_name,review_content"
    _, (row,) = read_content(f"{columns}\nDune,F,https://b.example/1,Sand,{'x' * 9_999}\n".encode())
    assert (len(row.review), fields(row)) == (10_000, ["review_content"])
