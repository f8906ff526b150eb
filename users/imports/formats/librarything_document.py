"""The JSON export of LibraryThing: an object with an entry by the id of each book.

`isbn` is an object, a list, a text or missing. A document can have other types anywhere, so that each value is checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from users.imports.cell_reader import CellReader
from users.imports.formats.document_format import DocumentFormat
from users.imports.formats.librarything import Lists, build_row
from users.imports.rows import ImportedBook, ImportRow
from users.imports.texts import invert_name

# The keys of a document by the columns of a table.
KEYS = {
    "Book Id": "books_id", "Title": "title", "Primary Author": "authors", "Review": "review", "Rating": "rating",
    "Comment": "comment", "Private Comment": "privatecomment", "Date Started": "datestarted", "Date Read": "dateread",
    "Entry Date": "entrydate", "ISBN": "originalisbn", "ISBNs": "isbn", "Tags": "tags", "Collections": "collections",
}  # fmt: skip
MARKERS = {"primaryauthor", "authors", "collections", "workcode", "entrydate"}
NO_ENTRY = "The entry is not a book of LibraryThing."


@dataclass(frozen=True, slots=True)
class EntryCells:
    entry: dict[str, Any]

    def get(self, column: str) -> str:
        return _to_text(self.entry.get(self.name_of(column)))

    def name_of(self, column: str) -> str:
        return KEYS.get(column, column)


def recognizes(document: Any) -> bool:
    return isinstance(document, dict) and any(map(_is_entry, document.values()))


def parse(document: Any) -> Iterator[ImportRow]:
    for line, (key, entry) in enumerate(document.items(), 1):
        if _is_entry(entry):
            yield _parse_entry(line, {"books_id": key, **entry})
        else:
            yield ImportRow(line=line, raw={key: entry}, book=ImportedBook(), error=NO_ENTRY)


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and ("books_id" in value or ("title" in value and bool(MARKERS & value.keys())))


def _parse_entry(line: int, entry: dict[str, Any]) -> ImportRow:
    lists = Lists(
        authors=_read_authors(entry),
        isbns=_read_texts(entry.get("isbn")),
        tags=_read_texts(entry.get("tags")),
        collections=_read_texts(entry.get("collections")),
        media=_read_media(entry.get("format")),
    )
    return build_row(line=line, raw=entry, cells=CellReader(EntryCells(entry)), lists=lists)


def _read_authors(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Names in natural order (`fl`) if the file has them. Without a list, the main author is a text."""
    authors = [author for author in _as_list(entry.get("authors")) if isinstance(author, dict)]
    found = [(_read_name(author), _to_text(author.get("role"))) for author in authors]
    main = invert_name(_to_text(entry.get("primaryauthor")))
    return found or [(main, _to_text(entry.get("primaryauthorrole")))]


def _read_name(author: dict[str, Any]) -> str:
    return _to_text(author.get("fl")) or invert_name(_to_text(author.get("lf")))


def _read_media(value: Any) -> str:
    """The text of the first format, such as `{"code": "1.1.8", "text": "Paperback"}`."""
    first = next(iter(_as_list(value)), None)
    return _to_text(first.get("text") if isinstance(first, dict) else first)


def _read_texts(value: Any) -> list[str]:
    return list(filter(None, map(_to_text, _as_list(value))))


def _as_list(value: Any) -> list[Any]:
    """The values of a list or of an object with numbers as keys, which PHP writes for a list with gaps."""
    if isinstance(value, dict):
        return [value] if "text" in value or "lf" in value else list(value.values())
    return value if isinstance(value, list) else [value]


def _to_text(value: Any) -> str:
    """The text of a text or a number, otherwise empty."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


LIBRARYTHING_DOCUMENT = DocumentFormat(
    name="librarything_json",
    label="LibraryThing (JSON)",
    recognizes=recognizes,
    parse=parse,
)
