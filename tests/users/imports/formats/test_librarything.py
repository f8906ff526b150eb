import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, reading
from users.imports.formats.librarything_document import LIBRARYTHING_DOCUMENT
from users.imports.rows import ImportedBook, ImportRow


def parse_entry(**values: Any) -> ImportRow:
    _, (row,) = read_content(json.dumps({"7": {"books_id": "7", "title": "Dune", **values}}).encode())
    return row


def test_table() -> None:
    file, (marelle, film, ebook, wished) = read_export("librarything.tsv")
    assert (file.format.name, len(file.columns), file.unknown_columns) == ("librarything", 49, ())
    assert marelle.raw["ISBN"] == "[2070291340]"
    assert stated(marelle) == {
        "book": ImportedBook(
            title='Marelle "édition', authors=("Julio Cortázar", "Ann Rosset"), isbn_13="9782070291342"
        ),
        "source_id": "5498194",
        "status": "read",
        "rating": Decimal("4.5"),
        "review": "chef d'oeuvre",
        "notes": "Lent to Ann.\n\nGift",
        "tags": ("roman", "expérimental", "Favorites"),
        "added_on": date(2006, 8, 9),
        "owned": True,
        "readings": (reading("2007-04-16", "2007-05-08"),),
    }
    assert (film.media, film.status, film.shelf, film.readings) == ("DVD", None, "Your library", ())
    assert (ebook.status, ebook.format, ebook.owned) == ("want_to_read", "ebook", None)
    assert ebook.book.isbn_13 == "9780358447849"
    assert (wished.shelf, wished.owned, wished.tags) == ("Wishlist", False, ("Old English",))
    assert (wished.book.authors, fields(wished)) == ((), ["Entry Date"])


def test_roles_that_cannot_be_paired_give_no_further_authors() -> None:
    header = "Book Id\tTitle\tPrimary Author\tSecondary Author\tSecondary Author Roles\tCollections\n"
    _, (row,) = read_content(f"{header}1\tDune\tHerbert, Frank\tLee, Ann|Nix, Garth\tTranslator\tTo read\n".encode())
    assert row.book.authors == ("Frank Herbert",)


def test_collections_of_different_statuses_are_reported() -> None:
    header = "Book Id\tTitle\tPrimary Author\tCollections\n"
    _, (row,) = read_content(f"{header}1\tDune\tHerbert, Frank\tTo read, Currently reading, Your library\n".encode())
    assert (row.status, row.owned, fields(row)) == (None, True, ["Collections"])


def test_read_but_unowned() -> None:
    header = "Book Id\tTitle\tPrimary Author\tCollections\n"
    _, (row,) = read_content(f"{header}1\tDune\tHerbert, Frank\tRead but unowned\n".encode())
    assert (row.status, row.owned, row.readings) == ("read", False, (reading(),))


def test_date_that_is_not_certain_states_that_the_book_is_read() -> None:
    header = "Book Id\tTitle\tPrimary Author\tCollections\tDate Read\n"
    _, (row,) = read_content(f"{header}1\tDune\tHerbert, Frank\tYour library\t[01/02/2024]\n".encode())
    assert (row.status, row.readings, fields(row)) == ("read", (reading(),), ["Date Read"])


def test_optional_columns_can_be_missing() -> None:
    content = drop_columns("librarything.tsv", "Media", "Date Read", "ISBN", "Tags", delimiter="\t")
    file, rows = read_content(content)
    assert len(file.unknown_columns) == 4
    assert (rows[0].status, rows[0].readings) == ("reading", (reading("2007-04-16", outcome=None),))
    assert (rows[0].book.isbn_13, rows[1].media) == ("9782070291342", None)


def test_document() -> None:
    file, (sabriel, untitled, film, broken) = read_export("librarything.json")
    assert file.format.name == "librarything_json"
    assert sabriel.raw["isbn"] == {"0": "0064471837", "2": "9780064471831"}
    assert stated(sabriel) == {
        "book": ImportedBook(title="Sabriel", authors=("Garth Nix",), isbn_13="9780064471831"),
        "source_id": "76205",
        "status": "reading",
        "rating": Decimal("4.5"),
        "review": "Good\nindeed",
        "notes": "signed\n\nfrom Ann",
        "tags": ("fantasy", "Old Kingdom"),
        "added_on": date(2019, 1, 20),
        "owned": True,
        "format": "paper",
        "readings": (reading("2024-02-01", outcome=None),),
    }
    assert untitled.book == ImportedBook(title="Untitled", authors=("Stephen King",), isbn_13="9780358447849")
    assert (untitled.status, untitled.rating, untitled.format) == ("read", None, "ebook")
    assert untitled.readings == (reading("", "2020-05"),)
    assert (film.media, film.shelf) == ("Blu-ray", "Your library")
    assert (broken.line, broken.error) == (4, "The entry is not a book of LibraryThing.")


@pytest.mark.parametrize(
    "isbn", [{"0": "0441013597", "2": "9780441013593"}, ["9780441013593"], "9780441013593", 9780441013593]
)
def test_isbn_of_a_document_has_several_types(isbn: Any) -> None:
    assert parse_entry(isbn=isbn).book.isbn_13 == "9780441013593"


def test_document_without_isbn() -> None:
    assert (parse_entry().book.isbn_13, parse_entry(isbn=[]).problems) == (None, ())


def test_isbns_of_different_books_are_reported() -> None:
    row = parse_entry(isbn=["9780441013593", "9780060853983"])
    assert (row.book.isbn_13, fields(row)) == (None, ["isbn"])


def test_suffix_of_a_natural_name_is_kept() -> None:
    row = parse_entry(authors=[{"lf": "King, Martin Luther, Jr.", "fl": "Martin Luther King, Jr."}])
    assert row.book.authors == ("Martin Luther King, Jr.",)


@pytest.mark.parametrize("document", [{}, [], None, 1, {"a": 1}, {"entries": []}, {"a": {"title": "Dune"}}])
def test_other_documents_are_not_recognised(document: Any) -> None:
    assert not LIBRARYTHING_DOCUMENT.recognizes(document)
