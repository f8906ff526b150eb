"""The CSV export of Hardcover.

Source: the importers of BookHive (`src/utils/csv.ts`) and Ryot (`importer/hardcover`). `Lists` has the names of lists
with the book's position: `Summer (#3), To, or not (#1)`. Genres, moods and warnings are those of all readers.
`Publish Date` is that of the edition, so that it is not used as the year of first publication.
"""

import re

from users.imports.author_names import keep_authors
from users.imports.cell_reader import CellReader
from users.imports.dated_statuses import find_dated_status
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.media import read_binding
from users.imports.readings import complete_readings, read_period
from users.imports.rows import ImportedBook, ImportRow
from users.imports.statuses import split_status
from users.imports.texts import has_spoiler_mark, split_list, split_names

LIST_POSITION = re.compile(r"\s*\(#[0-9]+\)\s*(?:,|$)")
OWNED_LIST = "owned"  # Hardcover keeps owned books in a list of this name


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(row)
    start, finish = cells.date("Date Started"), cells.date("Date Finished")
    status, shelf = split_status(cells.line("Status"))
    if not cells.line("Status"):
        status = find_dated_status(started=cells.line("Date Started"), finished=cells.line("Date Finished"))
    rating, stated_rating = cells.rating("Rating")
    review = cells.html("Review")
    return ImportRow(
        line=row.line,
        raw=dict(row.cells),
        book=_read_book(cells),
        source_id=cells.key("Hardcover Book ID"),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=review,
        contains_spoilers=bool(cells.boolean("Review Contains Spoilers")) or has_spoiler_mark(review),
        notes=cells.long_text("Private Notes"),
        tags=cells.tags("Lists", [*_read_lists(cells.line("Lists")), *split_list(cells.line("Tags"))]),
        added_on=cells.day("Date Added"),
        owned=cells.boolean("Owned"),
        format=read_binding(cells.line("Binding")) or read_binding(cells.line("Media")),
        readings=complete_readings(status, [read_period(cells, "Date Finished", start, finish)]),
        problems=cells.problems,
    )


def _read_book(cells: CellReader) -> ImportedBook:
    return ImportedBook(
        title=cells.title("Title"),
        authors=cells.authors("Author", keep_authors(split_names(cells.line("Author")))),
        isbn_13=cells.isbn("ISBN 13", "ISBN 10"),
    )


def _read_lists(text: str) -> list[str]:
    """A name can have commas, so that names end at the position. Without positions they end at commas."""
    names = LIST_POSITION.split(text) if LIST_POSITION.search(text) else text.split(",")
    return [name for name in names if name.strip().casefold() != OWNED_LIST]


HARDCOVER = TableFormat(
    name="hardcover",
    label="Hardcover",
    markers=(
        frozenset({"Title", "Hardcover Book ID"}),
        frozenset({"Title", "Hardcover Edition ID"}),
        frozenset({"Title", "Status", "Date Started", "Date Finished", "Review Contains Spoilers"}),
    ),
    columns=frozenset({
        "Title", "Author", "Series", "Status", "Privacy", "Hardcover Book ID", "Hardcover Edition ID", "ISBN 10",
        "ISBN 13", "ASIN", "Media", "Country Code", "Language Code", "Binding", "Pages", "Duration in Seconds",
        "Publish Date", "Publisher", "Genres", "Moods", "Tags", "Content Warnings", "Lists", "Date Added",
        "Date Started", "Date Finished", "Rating", "Review", "Review Contains Spoilers", "Sponsored Review",
        "Review Date", "Review Url", "Review Media Url", "Private Notes", "Owned", "Compilation", "Review Slate",
    }),
    parse=parse_row,
)  # fmt: skip
