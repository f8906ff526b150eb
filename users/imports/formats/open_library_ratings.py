"""The ratings and the private notes of Open Library, which it exports apart from the reading log.

Source: the classes RatingExport and BookNoteExport in `openlibrary/plugins/upstream/account.py`. They state no status.
`Created On` is the day of the rating or of the note, not of the book. Earlier files of ratings have no title. A note on
a work has the edition `OL-1M`. Books that the library has are found by the key of the work.
"""

from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.open_library_keys import read_edition_key, read_keys
from users.imports.rows import ImportedBook, ImportRow


def parse_rating(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    rating, stated_rating = cells.rating("Rating")
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("Work ID"),
        rating=rating,
        stated_rating=stated_rating,
        problems=cells.problems,
    )


def parse_note(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("Work ID"),
        notes=cells.long_text("Note"),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    work_key, _ = read_keys(cells, "Work ID")
    return ImportedBook(
        title=cells.title("Title"),
        authors=cells.authors("Author(s)", cells.line("Author(s)").split("|")),
        work_key=work_key,
        edition_key=read_edition_key(cells, "Edition ID"),
    )


OPEN_LIBRARY_RATINGS = TableFormat(
    name="open_library_ratings",
    label="Open Library ratings",
    markers=(
        frozenset({"Work ID", "Edition ID", "Rating", "Created On"}),
        frozenset({"Work ID", "Edition ID", "Rating"}),
    ),
    columns=frozenset({"Work ID", "Edition ID", "Title", "Author(s)", "Rating", "Created On"}),
    parse=parse_rating,
)
OPEN_LIBRARY_NOTES = TableFormat(
    name="open_library_notes",
    label="Open Library notes",
    markers=(frozenset({"Work ID", "Edition ID", "Note"}),),
    columns=frozenset({"Work ID", "Edition ID", "Note", "Created On"}),
    parse=parse_note,
)
