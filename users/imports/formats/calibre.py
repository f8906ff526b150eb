"""The CSV catalogue of Calibre.

Source: the catalogue's documented fields and a real file. Calibre has no reading status, so the import asks once for
the whole library. `comments` is the description of the book, not a review. `pubdate` is that of the edition, and 0101
in it means that there is none; it is not used. Ratings are 0 to 5. Columns such as `#read` are those of the reader.
"""

import re

from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.rows import ImportedBook, ImportRow
from users.imports.texts import split_list
from users.imports.values import parse_isbn

SHELF = "Calibre"
ISBN_IDENTIFIER = re.compile(r"(?:^|,)\s*isbn:\s*([^,\s]+)", re.IGNORECASE)
EBOOK_FILES = {"azw", "azw3", "azw4", "cbr", "cbz", "djvu", "epub", "fb2", "kepub", "lit", "mobi", "pdf", "prc"}


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    rating, stated_rating = cells.rating("rating")
    files = {name.casefold() for name in split_list(cells.line("formats"))}
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("uuid"),
        shelf=SHELF,
        rating=rating,
        stated_rating=stated_rating,
        tags=cells.tags("tags", split_list(cells.line("tags"))),
        added_on=cells.day("timestamp"),
        format="ebook" if files & EBOOK_FILES else None,
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    """Authors are separated by `&`, because a comma is part of a name in Calibre."""
    return ImportedBook(
        title=cells.title("title"),
        authors=cells.authors("authors", cells.line("authors").split("&")),
        isbn_13=cells.isbn("isbn") or cells.read("identifiers", _find_isbn),
    )


def _find_isbn(text: str) -> str | None:
    """The ISBN among identifiers such as `goodreads:39077187,isbn:9780756411800`."""
    match = ISBN_IDENTIFIER.search(text)
    return parse_isbn(match[1]) if match else None


CALIBRE = TableFormat(
    name="calibre",
    label="Calibre",
    markers=(
        frozenset({"title", "authors", "author_sort"}),
        frozenset({"title", "authors", "title_sort"}),
        frozenset({"title", "authors", "library_name"}),
        frozenset({"title", "authors", "uuid"}),
        frozenset({"title", "authors", "identifiers"}),
    ),
    columns=frozenset({
        "authors", "author_sort", "rating", "library_name", "timestamp", "formats", "size", "isbn", "identifiers",
        "comments", "tags", "series", "series_index", "languages", "title", "cover", "title_sort", "publisher",
        "pubdate", "id", "uuid",
    }),
    parse=parse_row,
)  # fmt: skip
