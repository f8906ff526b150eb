"""The CSV export of Libib, which has books, films, games and music in one table.

Source: Libib's description of its import fields and the columns of real exports. `began` and `completed` are
`began_date` and `completed_date` in Libib's import templates. `publish_date` is that of the edition, `group` is the
series, `upc_isbn10` of other media is a UPC. `creators` was `authors` in 2016; `first_name` and `last_name` are those
of one of them. The import asks for the status of books without status and dates once for each collection.
"""

from core.text import fold
from users.imports.author_names import split_authors
from users.imports.cell_reader import CellReader
from users.imports.dated_statuses import find_dated_status
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.readings import complete_readings, read_period
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.imports.statuses import WANT_TO_READ, find_status
from users.imports.texts import clean_line, split_list, split_names

NOT_BEGUN = {"not begun", "not started"}
SHELF = "Libib"
BOOKS = {"", "book", "books"}


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    status, shelf = _read_status(cells)
    rating, stated_rating = cells.rating("rating")
    item_type = cells.line("item_type")
    media = item_type if item_type.casefold() not in BOOKS else None
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells, is_book=media is None),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=cells.long_text("review"),
        notes=cells.long_text("notes"),
        tags=cells.tags("tags", split_list(cells.line("tags"))),
        added_on=cells.day("added"),
        owned=True if cells.integer("copies") else None,
        readings=complete_readings(status, [_read_period(cells)]),
        media=media,
        problems=cells.problems,
    )


def _read_period(cells: CellReader) -> ImportedReading | None:
    start = cells.date("began") or cells.date("began_date")
    finish = cells.date("completed") or cells.date("completed_date")
    column = "completed" if cells.line("completed") else "completed_date"
    return read_period(cells, column, start, finish)


def _read_status(cells: CellReader) -> tuple[str | None, str | None]:
    """The status and the shelf. At most one of them is set."""
    name = cells.line("status")
    if fold(name) in NOT_BEGUN:
        return WANT_TO_READ, None
    dated = find_dated_status(
        started=cells.first("began", "began_date"), finished=cells.first("completed", "completed_date")
    )
    status = find_status(name) or dated
    return status, None if status else name or cells.line("collection") or SHELF


def _read_book(cells: CellReader, *, is_book: bool) -> ImportedBook:
    column = "authors" if cells.line("authors") else "creators" if cells.line("creators") else "last_name"
    return ImportedBook(
        title=cells.title("title"),
        authors=cells.authors(column, _read_names(cells)),
        isbn_13=cells.isbn("ean_isbn13", "upc_isbn10") if is_book else None,
    )


def _read_names(cells: CellReader) -> list[str]:
    """A list of authors contains the one with a first and a last name, who can have a single name (`Plato`)."""
    text = clean_line(cells.first("creators", "authors"))
    main = clean_line(f"{cells.line('first_name')} {cells.line('last_name')}")
    if not text or text == f"{cells.line('last_name')}, {cells.line('first_name')}":
        return [main]
    names = split_names(text)
    return names if main in names else split_authors(text)


LIBIB = TableFormat(
    name="libib",
    label="Libib",
    markers=(
        frozenset({"item_type", "title", "creators"}),
        frozenset({"title", "ean_isbn13"}),
        frozenset({"title", "upc_isbn10"}),
    ),
    columns=frozenset({
        "item_type", "title", "creators", "authors", "first_name", "last_name", "collection", "ean_isbn13",
        "upc_isbn10", "description", "publisher", "publish_date", "group", "tags", "notes", "price", "length",
        "number_of_discs", "number_of_players", "age_group", "ensemble", "aspect_ratio", "esrb", "rating", "review",
        "review_date", "status", "began", "completed", "began_date", "completed_date", "added", "copies", "cover_url",
        "libib_title", "libib_author", "call_numbers", "ddc", "lcc", "lccn", "oclc", "lexile", "length_of",
    }),
    parse=parse_row,
)  # fmt: skip
