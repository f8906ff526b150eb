"""The CSV export of Goodreads in its variants of 23, 24, 27 and 31 columns, and files that others write in its form."""

import re

from users.imports.cell_reader import CellReader
from users.imports.dates import parse_date
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.readings import complete_readings, read_count, read_period
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.imports.statuses import find_status, split_status
from users.imports.texts import has_spoiler_mark, invert_name, split_list, strip_series
from users.imports.values import InvalidValue, parse_format, show

PERIOD_SEPARATOR = re.compile(r"\s*;\s*")


def parse_row(row: TableRow) -> ImportRow:
    """Only the main author is read: `Additional Authors` names translators, illustrators and authors without roles.

    `Owned Copies` of 0 states nothing, because it is the default of Goodreads.
    """
    cells = CellReader(row)
    shelf_name, tags = _read_shelves(cells)
    status, shelf = split_status(shelf_name)
    rating, stated_rating = cells.rating("My Rating")
    review = cells.html("My Review")
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("Book Id"),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=review,
        contains_spoilers=bool(cells.boolean("Spoiler")) or has_spoiler_mark(review),
        notes=cells.html("Private Notes"),
        tags=tags,
        added_on=cells.day("Date Added"),
        owned=True if cells.integer("Owned Copies") else None,
        format=parse_format(cells.line("Binding")),
        readings=complete_readings(status, *_read_periods(cells)),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    author = cells.line("Author")
    names = [author] if author else [invert_name(cells.line("Author l-f"))]
    return ImportedBook(
        title=strip_series(cells.title("Title") or "") or None,
        authors=cells.authors("Author", names),
        isbn_13=cells.isbn("ISBN13", "ISBN"),
        first_publish_year=cells.year("Original Publication Year"),
    )


def _read_shelves(cells: CellReader) -> tuple[str, tuple[str, ...]]:
    """The name of the shelf that is the status, and the tags.

    Other programs write the status into `Shelves` instead of `Exclusive Shelf`, sometimes with tags. `Bookshelves`
    repeats the exclusive shelf.
    """
    shelves = split_list(cells.line("Shelves"))
    exclusive = cells.line("Exclusive Shelf")
    if not exclusive:
        statuses = [name for name in shelves if find_status(name)]
        exclusive = statuses[0] if len(statuses) == 1 else shelves[0] if len(shelves) == 1 else ""
    names = [*split_list(cells.line("Bookshelves")), *shelves]
    return exclusive, cells.tags("Bookshelves", (name for name in names if name.casefold() != exclusive.casefold()))


def _read_periods(cells: CellReader) -> tuple[list[ImportedReading], int]:
    """The periods and the number of readings.

    The column `read_dates` is written by Enhance-GoodReads-Export: `start,end;start,end`. `Date Read` is the end of the
    last of these periods. If it is not, it is a further reading, if the count of readings has room for it.
    """
    texts = filter(None, PERIOD_SEPARATOR.split(cells.line("read_dates")))
    periods = [period for text in texts if (period := _read_period(cells, text))]
    count = read_count(cells, "Read Count")
    date_read = cells.date("Date Read")
    if date_read is None or any(period.finished_on == date_read for period in periods):
        return periods, count
    if periods and len(periods) >= count:
        cells.report("Date Read", f"The date {date_read} is not among those in read_dates, so that it was not used.")
        return periods, count
    return [*periods, ImportedReading(finished_on=date_read)], count


def _read_period(cells: CellReader, text: str) -> ImportedReading | None:
    start, comma, finish = text.partition(",")
    try:
        if not comma:
            raise InvalidValue(f"{show(text)} is not a start and an end.")
        return read_period(cells, "read_dates", parse_date(start.strip()), parse_date(finish.strip()))
    except InvalidValue as error:
        cells.report("read_dates", str(error))
        return None


GOODREADS = TableFormat(
    name="goodreads",
    label="Goodreads",
    markers=(
        frozenset({"Exclusive Shelf", "My Rating"}),
        frozenset({"Title", "Author", "Exclusive Shelf"}),
        frozenset({"Title", "Author", "Shelves", "Bookshelves"}),
        frozenset({"ISBN", "Shelves", "Bookshelves"}),
        frozenset({"ISBN", "Shelves", "My Rating"}),
        frozenset({"Title", "Author", "My Rating", "Date Read"}),
    ),
    columns=frozenset({
        "Book Id", "Title", "Author", "Author l-f", "Additional Authors", "ISBN", "ISBN13", "My Rating",
        "Average Rating", "Publisher", "Binding", "Number of Pages", "Year Published", "Original Publication Year",
        "Date Read", "Date Added", "Bookshelves", "Bookshelves with positions", "Exclusive Shelf", "Shelves",
        "My Review", "Spoiler", "Private Notes", "Read Count", "Recommended For", "Recommended By", "Owned Copies",
        "Original Purchase Date", "Original Purchase Location", "Condition", "Condition Description", "BCID",
        "read_dates", "genres", "n_ratings",
    }),
    parse=parse_row,
)  # fmt: skip
