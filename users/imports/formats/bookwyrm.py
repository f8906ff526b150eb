"""The CSV export of BookWyrm. Its columns have grown; dates and shelves exist since 2024.

Source: `bookwyrm/views/preferences/export.py` and its tests. The file has the latest reading, one review and one shelf
of each book. `shelf` is an identifier, `shelf_name` its name. A rating of 0 is none.
"""

from dataclasses import replace

from core.partial_date import PartialDate
from users.imports.cell_reader import CellReader
from users.imports.dated_statuses import find_dated_status
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.open_library_keys import read_keys
from users.imports.readings import ABANDONED, complete_readings, read_period
from users.imports.rows import ImportedBook, ImportedReading, ImportRow
from users.imports.statuses import READ, STOPPED, find_status
from users.imports.texts import has_spoiler_mark, split_names


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    start, finish, stop = (cells.date(name) for name in ("start_date", "finish_date", "stopped_date"))
    status, shelf, tags = _read_shelf(cells)
    rating, stated_rating = cells.rating("rating")
    review = _read_review(cells)
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("remote_id"),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=review,
        contains_spoilers=bool(cells.line("review_cw")) or has_spoiler_mark(review),
        tags=cells.tags("shelf_name", tags),
        added_on=cells.day("shelf_date"),
        readings=_read_readings(cells, status, start, finish, stop),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    work_key, edition_key = read_keys(cells, "openlibrary_key")
    return ImportedBook(
        title=cells.title("title"),
        authors=cells.authors("author_text", split_names(cells.line("author_text"))),
        isbn_13=cells.isbn("isbn_13", "isbn_10"),
        work_key=work_key,
        edition_key=edition_key,
    )


def _read_shelf(cells: CellReader) -> tuple[str | None, str | None, list[str]]:
    """The status and the shelf (at most one of them), and the tags.

    On a shelf of the reader's own, an end date states the status, and the shelf becomes a tag. A start date alone does
    not, because the book could be abandoned.
    """
    name = cells.line("shelf_name") or cells.line("shelf")
    status = find_status(cells.line("shelf") or name)
    if status:
        return status, None, []
    dated = find_dated_status(finished=cells.line("finish_date"), stopped=cells.line("stopped_date"))
    return (dated, None, [name]) if dated else (None, name or None, [])


def _read_review(cells: CellReader) -> str:
    """The title of the review is its first paragraph."""
    return cells.paragraphs("review_content", [cells.line("review_name"), cells.html("review_content")])


def _read_readings(
    cells: CellReader,
    status: str | None,
    start: PartialDate | None,
    finish: PartialDate | None,
    stop: PartialDate | None,
) -> tuple[ImportedReading, ...]:
    """A stopped reading is abandoned on any shelf. If the book is read, it was also finished at an unknown time."""
    if stop is None or finish:
        return complete_readings(status, [read_period(cells, "finish_date", start, finish)])
    stopped = read_period(cells, "stopped_date", start, stop)
    if stopped is None or status == STOPPED:
        return complete_readings(status, [stopped])
    others = complete_readings(status, []) if status == READ else ()
    return (replace(stopped, outcome=ABANDONED), *others)


BOOKWYRM = TableFormat(
    name="bookwyrm",
    label="BookWyrm",
    markers=(
        frozenset({"title", "author_text", "remote_id"}),
        frozenset({"title", "author_text", "openlibrary_key"}),
        frozenset({"author_text", "review_content", "isbn_13"}),
    ),
    columns=frozenset({
        "title", "author_text", "remote_id", "openlibrary_key", "finna_key", "libris_key", "inventaire_id",
        "librarything_key", "goodreads_key", "bnf_id", "viaf", "wikidata", "asin", "aasin", "isfdb", "isbn_10",
        "isbn_13", "oclc_number", "pages", "start_date", "finish_date", "stopped_date", "rating", "review_name",
        "review_cw", "review_content", "review_published", "shelf", "shelf_name", "shelf_date",
    }),
    parse=parse_row,
)  # fmt: skip
