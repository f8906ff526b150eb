"""Encodings and wrong files."""

import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.users.imports.reading import fields, read, read_rows, write_table
from users.imports.errors import ImportFileRefused, UnknownColumns
from users.imports.read_file import MAX_BYTES
from users.imports.values import show

TABLE = "Title,Author,Exclusive Shelf,My Rating\r\nÉloge de l’ombre,Jun’ichirō Tanizaki,read,4\r\n"
WESTERN = "Title,Author,Exclusive Shelf,My Rating\nÉloge – “ombre”,José Müller,read,4\n"


JELU = (
    "Title,Author,ISBN,Publisher,Date Read,Shelves,Bookshelves,read_dates,tags,authors,isbn10,isbn13,owned,"
    "dropped_dates,currently_reading"
)


def make_zip(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("archive.json"), io.BytesIO())
    return buffer.getvalue()


def make_database(path: Path) -> bytes:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE books (title)")
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(encoding: str) -> None:
    (row,) = read_rows(TABLE.encode(encoding))

    assert (row.book.title, row.book.authors) == ("Éloge de l’ombre", ("Jun’ichirō Tanizaki",))
    assert row.problems == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_byte_order_mark(encoding: str) -> None:
    assert read_rows(("\ufeff" + TABLE).encode(encoding))[0].book.title == "Éloge de l’ombre"


def test_windows_1252() -> None:
    (row,) = read_rows(WESTERN.encode("cp1252"))

    assert (row.book.title, row.book.authors) == ("Éloge – “ombre”", ("José Müller",))


def test_cells_in_different_encodings() -> None:
    header, line = WESTERN.encode().splitlines()
    mixed = "Éloge – “ombre”".encode("cp1252") + b"," + "Jun’ichirō,read,4".encode()
    first, second = read_rows(b"\n".join([header, line, mixed]))

    assert first.book.title == second.book.title == "Éloge – “ombre”"
    assert (first.book.authors, second.book.authors) == (("José Müller",), ("Jun’ichirō",))


def test_byte_of_no_encoding_is_reported() -> None:
    first, second = read_rows(WESTERN.encode() + b"Na\x8fve,Ann,read,4\n")

    assert (first.problems, fields(second)) == ((), ["Title"])
    assert second.book.title == "Na\N{REPLACEMENT CHARACTER}ve"


@pytest.mark.parametrize("encoding", ["cp1251", "cp1253", "koi8-r"])
def test_other_alphabets_are_refused(encoding: str) -> None:
    word = "Мастер и Маргарита" if encoding != "cp1253" else "Οδύσσεια του Ομήρου"
    with pytest.raises(ImportFileRefused, match="line 2 is in an unknown encoding"):
        read(f"Title,Author,Exclusive Shelf,My Rating\n{word},Ann,read,4\n".encode(encoding))


def test_control_characters_are_removed() -> None:
    (row,) = read_rows("Title,Author,Exclusive Shelf,My Rating\nDu\x00ne\x1f,Ann\x7f,read,4\n\x1a")

    assert (row.book.title, row.book.authors) == ("Dune", ("Ann",))
    assert row.raw["Title"] == "Dune"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\x00" * 2_000, "empty"),
        (bytes(range(256)) * 8 + b"\x00" * 600, "not a text file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "image"),
        (b"GIF89a" + bytes(50), "image"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "image"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "old Excel.* CSV"),
        (make_zip(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "Excel workbook.* CSV"),
        (make_zip(**{"mimetype": "", "content.xml": ""}), "OpenDocument.* CSV"),
        (make_zip(**{"mimetype": "", "META-INF/container.xml": ""}), "e-book"),
        (make_zip(**{"review.json": "[]", "user.json": "[]"}), "Goodreads.*Export Library"),
        (make_zip(**{"books.csv": TABLE}), "Unpack it"),
        (make_zip(**{"a.txt": ""})[:40], "damaged"),
        (b"PK and other words, of a text\n", "damaged"),
        (gzip.compress(make_tar()), "BookWyrm.*CSV"),
        (make_tar(), "archive"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
        (b"  <html lang='en'>", "web page"),
        (b"<?xml version='1.0'?><library/>", "XML"),
        (b'{"a": 1', "damaged in line 1"),
        (b'[{"a": NaN}]', "damaged"),
        (b'{"followers": []}', "JSON file of another program"),
        (b"[]", "JSON file of another program"),
        (b'{"a":' * 100_000, "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_files_are_named(content: bytes, message: str) -> None:
    with pytest.raises(ImportFileRefused, match=message):
        read(content)


def test_database_of_calibre(tmp_path: Path) -> None:
    with pytest.raises(ImportFileRefused, match=r"Calibre.*catalogue in the format CSV"):
        read(make_database(tmp_path / "metadata.db"))


def test_zip_with_an_encrypted_document() -> None:
    content = bytearray(make_zip(**{"colophon.json": "{}"}))
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1
    with pytest.raises(ImportFileRefused, match="damaged or encrypted"):
        read(bytes(content))


def test_document_in_a_zip_is_read() -> None:
    with pytest.raises(ImportFileRefused, match="JSON file of another program"):
        read(make_zip(**{"export/colophon-library.json": json.dumps({"format": "other"})}))


def test_size() -> None:
    with pytest.raises(ImportFileRefused, match="larger than 20 MB"):
        read(b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Work ID,Review Category,Review Value,Created On", r"Open Library \(reviews\)"),
        ("List ID,List Name,List Description,Entry,Created On,Last Updated", r"Open Library \(lists\)"),
        ("media_id,source,media_type,title,image,season_number,episode_number,score,progress,status", "Yamtrack"),
        ("_id,author_details,title,isbn,publisher,rating,bookshelf_id,bookshelf,read,book_uuid,", "Book Catalogue"),
    ],
)
def test_exports_of_other_programs_are_named(header: str, message: str) -> None:
    with pytest.raises(ImportFileRefused, match=message):
        read(f"{header}\n{',' * header.count(',')}x\n".replace(",x", "x"))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (JELU, "Jelu"),
        ("title,isbn,description,reading_status,current_page,total_pages,author,rating,notes", "BookLogr"),
    ],
)
def test_programs_with_usable_columns_need_a_mapping(header: str, name: str) -> None:
    content = f"{header}\nDune{',' * header.count(',')}\n"
    with pytest.raises(UnknownColumns, match=name) as caught:
        read(content)

    title = header.split(",", maxsplit=1)[0]
    assert caught.value.application == name
    assert read_rows(content, mapping={"title": title})[0].book.title == "Dune"


@pytest.mark.parametrize(
    ("name", "reason"), [("x" * 101, "longer than 100 characters"), ("\u0301", "without a letter, digit or sign")]
)
def test_names_that_cannot_be_tags_are_reported(name: str, reason: str) -> None:
    (row,) = read_rows(
        write_table(
            [{"Title": "Odes", "Author": "Horace", "Exclusive Shelf": name, "Bookshelves": f"a,y{name},{name}"}]
        )
    )
    assert (row.shelf, row.status, row.error) == (None, None, None)
    assert row.tags[0] == "a"
    assert name not in row.tags
    assert row.problems[-1].message == f"The shelf {show(name)} was not used, because it is {reason}."
