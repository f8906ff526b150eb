"""The CSV catalogue of Calibre.

Source: `calibre/library/catalogs/csv_xml.py`, the catalogue's documented fields, and a real file. Calibre has no
reading status, so the import asks once for the whole library. `comments` is the description of the book, not a review.
`pubdate` is that of the edition, and is not used. The year 101 means that there is no date. Ratings are 0 to 5. Columns
such as `#read` are those of the reader.
"""

import datetime
import re

from users.imports.author_names import split_as_sorted
from users.imports.cell_reader import CellReader
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.rows import ImportedBook, ImportRow
from users.imports.texts import split_list
from users.imports.values import InvalidValue, parse_isbn

SHELF = "Calibre"
ISBN_IDENTIFIER = re.compile(r"(?:^|,)\s*isbn:\s*([^,\s]+)", re.IGNORECASE)
NINE_DIGITS = re.compile(r"[0-9]{9}")
NO_DATE = 101  # the year
AUDIO_FILES = {"aac", "aax", "flac", "m4a", "m4b", "mp3", "ogg", "opus"}
EBOOK_FILES = {"azw", "azw3", "azw4", "cbr", "cbz", "djvu", "epub", "fb2", "kepub", "lit", "mobi", "pdf", "prc"}


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    rating, stated_rating = cells.rating("rating")
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("uuid"),
        shelf=SHELF,
        rating=rating,
        stated_rating=stated_rating,
        tags=cells.tags("tags", split_list(cells.line("tags"))),
        added_on=_read_day(cells),
        format=_find_format(cells.line("formats")),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    return ImportedBook(
        title=cells.title("title"),
        authors=cells.authors("authors", _split_authors(cells)),
        isbn_13=_read_isbn(cells),
    )


def _read_isbn(cells: CellReader) -> str | None:
    """`identifiers` has the whole ISBN, `isbn` only its digits."""
    identified = cells.read("identifiers", _find_isbn)
    if identified and NINE_DIGITS.fullmatch(cells.line("isbn")):
        return identified
    own = cells.read("isbn", _parse_digits)
    if identified and own and identified != own:
        cells.report("isbn", "identifiers and isbn have the ISBNs of different books, so that none was used.")
        return None
    return identified or own


def _split_authors(cells: CellReader) -> list[str]:
    """The catalogue separates authors by commas. Other parts of Calibre, and edited files, have `&`."""
    text = cells.line("authors")
    return text.split("&") if "&" in text else split_as_sorted(text, cells.line("author_sort"))


def _parse_digits(text: str) -> str | None:
    """The catalogue drops the check digit X: nine digits are most often an ISBN-10 that ends with X.

    If the nine digits are an ISBN-10 without its leading zero too, none of the two is certain.
    """
    if not NINE_DIGITS.fullmatch(text):
        return parse_isbn(text)
    found = {number for each in (f"{text}X", f"0{text}") if (number := _try_isbn(each))}
    if len(found) != 1:
        raise InvalidValue(f"The check digit of the ISBN {text} is missing.")
    return found.pop()


def _try_isbn(text: str) -> str | None:
    try:
        return parse_isbn(text)
    except InvalidValue:
        return None


def _read_day(cells: CellReader) -> datetime.date | None:
    day = cells.day("timestamp")
    return day if day and day.year > NO_DATE else None


def _find_format(text: str) -> str | None:
    files = {name.casefold() for name in split_list(text)}
    if files & EBOOK_FILES:
        return "ebook"
    return "audio" if files & AUDIO_FILES else None


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
