from datetime import date
from decimal import Decimal

from tests.users.imports.formats.export_files import drop_columns, read_content, read_export, stated
from tests.users.imports.reading import fields, reading
from users.imports.rows import ImportedBook


def test_export() -> None:
    file, (read, stopped, wanted, undeclared) = read_export("hardcover.csv")
    assert (file.format.name, len(file.columns), file.unknown_columns) == ("hardcover", 37, ())
    assert read.raw["Publisher"] == "Harper"
    assert stated(read) == {
        "book": ImportedBook(title="Good Omens", authors=("Neil Gaiman", "Terry Pratchett"), isbn_13="9780060853983"),
        "source_id": "427578",
        "status": "read",
        "rating": Decimal("4.5"),
        "review": "Great.\nReally.",
        "contains_spoilers": True,
        "notes": "Lent to Ann",
        "tags": ("Summer, or not", "reread"),
        "added_on": date(2024, 1, 2),
        "owned": True,
        "format": "paper",
        "readings": (reading("2024-02-01", "2024-02-10"),),
    }
    assert (stopped.status, stopped.format, stopped.owned) == ("stopped", "audio", False)
    assert stopped.readings == (reading("2024-03-02", outcome="abandoned"),)
    assert (wanted.status, wanted.format, wanted.readings) == ("want_to_read", "ebook", ())
    assert wanted.added_on == date(2024, 4, 5)
    assert (undeclared.status, undeclared.readings) == ("read", (reading("", "2023-07"),))


def test_unknown_status_is_a_question() -> None:
    _, (paused, ignored) = read_content(b"Title,Status,Hardcover Book ID\nDune,Paused,1\nSula,Ignored,2\n")
    assert (paused.status, paused.shelf) == ("paused", None)
    assert (ignored.status, ignored.shelf) == (None, "Ignored")


def test_end_before_start_is_reported() -> None:
    columns = "Title,Status,Hardcover Book ID,Date Started,Date Finished,Owned"
    _, (row,) = read_content(f"{columns}\nDune,Read,1,2024-05-02,2024-05-01,perhaps\n".encode())
    assert set(fields(row)) == {"Date Finished", "Owned"}
    assert row.readings == (reading(),)


def test_optional_columns_can_be_missing() -> None:
    file, rows = read_content(drop_columns("hardcover.csv", "Status", "Lists", "Binding"))
    assert len(file.unknown_columns) == 3
    assert [row.status for row in rows] == ["read", "reading", None, "read"]
    assert (rows[0].tags, rows[0].format) == (("reread",), None)


def test_helpers_with_a_role_are_no_authors() -> None:
    cell = "Stanisław Lem, Bill Johnston (Translator), Ann Lee (Author/Narrator), Saki (H. H. Munro), Bob (Narrator)"
    _, (row,) = read_content(f'Title,Author,Status,Hardcover Book ID\nSolaris,"{cell}",Read,1\n'.encode())
    assert row.book.authors == ("Stanisław Lem", "Ann Lee", "Saki (H. H. Munro)")
