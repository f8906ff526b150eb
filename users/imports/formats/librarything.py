"""The rows of LibraryThing, which its tables and its JSON documents have in common.

Source: real files of both, and librarything-json-importer for the keys of dates and reviews. There is no column for the
status: it follows from LibraryThing's own collections and from the dates. `Date` is the year of the edition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import fold
from users.imports.author_names import HELPERS
from users.imports.cell_reader import CellReader
from users.imports.dated_statuses import find_dated_status
from users.imports.media import find_media, read_binding
from users.imports.readings import complete_readings, read_period
from users.imports.rows import ImportedBook, ImportRow
from users.imports.statuses import READ, READING, WANT_TO_READ
from users.imports.values import InvalidValue, parse_isbn

OWN_COLLECTION = "your library"
WISHLIST = "wishlist"
UNOWNED = "read but unowned"
STATUSES = {"currently reading": READING, "to read": WANT_TO_READ, UNOWNED: READ}
CO_AUTHORS = {"", "author", "co author", "coauthor", "joint author", "secondary author"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What tables and documents state differently. `authors` are names in natural order with roles, the main first."""

    authors: Sequence[tuple[str, str]]
    isbns: Sequence[str]
    tags: Sequence[str]
    collections: Sequence[str]
    media: str


def build_row(*, line: int, raw: dict[str, Any], cells: CellReader, lists: Lists) -> ImportRow:
    start, finish = cells.date("Date Started"), cells.date("Date Read")
    status, shelf = _read_status(cells, lists.collections)
    rating, stated_rating = cells.rating("Rating")
    return ImportRow(
        line=line,
        raw=raw,
        book=_read_book(cells, lists),
        source_id=cells.key("Book Id"),
        status=status,
        shelf=shelf,
        rating=rating,
        stated_rating=stated_rating,
        review=cells.html("Review"),
        notes=cells.paragraphs("Comment", [cells.long_text("Comment"), cells.long_text("Private Comment")]),
        tags=cells.tags("Tags", [*lists.tags, *_find_own_collections(lists.collections, shelf)]),
        added_on=cells.day("Entry Date"),
        owned=_read_owned(lists.collections),
        format=read_binding(lists.media),
        readings=complete_readings(status, [read_period(cells, "Date Read", start, finish)]),
        media=find_media(lists.media),
        problems=cells.problems,
    )


def _read_book(cells: CellReader, lists: Lists) -> ImportedBook:
    """Translators and illustrators are not authors.

    The first author may be an editor, because LibraryThing lists collections of stories under their editors.
    """
    main = [name for name, role in lists.authors[:1] if fold(role) not in HELPERS]
    others = [name for name, role in lists.authors[1:] if fold(role) in CO_AUTHORS]
    return ImportedBook(
        title=cells.title("Title"),
        authors=cells.authors("Primary Author", [*main, *others]),
        isbn_13=_read_isbn(cells, lists.isbns) if find_media(lists.media) is None else None,
    )


def _read_isbn(cells: CellReader, texts: Sequence[str]) -> str | None:
    """The ISBN of the entry, otherwise the only one of the further ISBNs, which are forms of the same number."""
    if own := cells.isbn("ISBN"):
        return own
    found = {number for text in texts if (number := _parse_isbn(cells, text))}
    if len(found) > 1:
        cells.report("ISBNs", "The row has the ISBNs of different books, so that none was used.")
    return found.pop() if len(found) == 1 else None


def _parse_isbn(cells: CellReader, text: str) -> str | None:
    try:
        return parse_isbn(text)
    except InvalidValue as error:
        cells.report("ISBNs", str(error))
        return None


def _read_status(cells: CellReader, collections: Sequence[str]) -> tuple[str | None, str | None]:
    """The status and the shelf. At most one of them is set."""
    stated = {STATUSES[fold(name)] for name in collections if fold(name) in STATUSES}
    status = stated.pop() if len(stated) == 1 else None
    if stated and status is None:
        cells.report("Collections", "The book is in collections of different statuses, so that none of them was used.")
    status = status or find_dated_status(started=cells.line("Date Started"), finished=cells.line("Date Read"))
    return status, None if status else _choose_shelf(collections)


def _choose_shelf(collections: Sequence[str]) -> str | None:
    """The wishlist states most, then a collection of the reader's own, then `Your library`."""
    order = {WISHLIST: 0, OWN_COLLECTION: 2}
    return min(collections, key=lambda name: order.get(fold(name), 1), default=None)


def _find_own_collections(collections: Sequence[str], shelf: str | None) -> list[str]:
    """The collections that are tags: not those of LibraryThing, and not the shelf."""
    known = {OWN_COLLECTION, WISHLIST, *STATUSES}
    return [name for name in collections if fold(name) not in known and name != shelf]


def _read_owned(collections: Sequence[str]) -> bool | None:
    names = set(map(fold, collections))
    if OWN_COLLECTION in names:
        return True
    return False if names & {UNOWNED, WISHLIST} else None
