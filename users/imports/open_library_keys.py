"""Keys of Open Library in cells that can have the key of a work, an edition or an author."""

from books.openlibrary.values import parse_key, parse_reference
from users.imports.cell_reader import CellReader
from users.imports.values import InvalidValue, show

NO_EDITION = {"", "None", "OL-1M", "OLNoneM"}


def read_keys(cells: CellReader, column: str) -> tuple[str | None, str | None]:
    """The work key and the edition key. At most one of them is set. The key of an author is not used."""
    key = cells.read(column, _parse_any) or ""
    return (key if key.endswith("W") else None), (key if key.endswith("M") else None)


def read_edition_key(cells: CellReader, column: str) -> str | None:
    """The key of the edition. Exports have several texts for a work without a chosen edition."""
    return None if cells.line(column) in NO_EDITION else read_keys(cells, column)[1]


def _parse_any(text: str) -> str | None:
    key = parse_reference(text)
    if not text or key or parse_key(text, "A"):
        return key
    raise InvalidValue(f"{show(text)} is not the key of a work or an edition at Open Library.")
