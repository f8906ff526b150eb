"""The reading log of Open Library: three columns until 2022, fifteen since.

Source: the class ReadingLogExport in `openlibrary/plugins/upstream/account.py`, and real files of the older form. There
are no dates. Authors are separated by ` | `. `Ratings Average` is the rating of all readers. Subjects are those of the
catalogue, not tags.
"""

from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.open_library_keys import read_edition_key, read_keys
from users.imports.readings import complete_readings
from users.imports.rows import ImportedBook, ImportRow
from users.imports.statuses import split_status


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    status, shelf = split_status(cells.line("Bookshelf"))
    rating, stated_rating = cells.rating("My Ratings")
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("Work Id"),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        readings=complete_readings(status, []),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    work_key, _ = read_keys(cells, "Work Id")
    return ImportedBook(
        title=cells.title("Title"),
        authors=cells.authors("Authors", cells.line("Authors").split("|")),
        work_key=work_key,
        edition_key=read_edition_key(cells, "Edition Id"),
        first_publish_year=cells.year("First Publish Year"),
    )


OPEN_LIBRARY = TableFormat(
    name="open_library",
    label="Open Library reading log",
    markers=(frozenset({"Work Id", "Edition Id", "Bookshelf"}), frozenset({"Work Id", "Bookshelf"})),
    columns=frozenset({
        "Work Id", "Title", "Authors", "First Publish Year", "Edition Id", "Edition Count", "Bookshelf", "My Ratings",
        "Ratings Average", "Ratings Count", "Has Ebook", "Subjects", "Subject People", "Subject Places",
        "Subject Times",
    }),
    parse=parse_row,
)  # fmt: skip
