"""Keys of Open Library in cells that can have the key of a work, an edition or an author."""

from books.openlibrary.values import parse_key, parse_reference
from users.imports.cell_reader import CellReader
from users.imports.values import InvalidValue, show


def read_keys(cells: CellReader, column: str) -> tuple[str | None, str | None]:
    """The work key and the edition key. At most one of them is set. The key of an author is not used."""
    key = cells.read(column, _parse_any) or ""
    return (key if key.endswith("W") else None), (key if key.endswith("M") else None)


def _parse_any(text: str) -> str | None:
    key = parse_reference(text)
    if not text or key or parse_key(text, "A"):
        return key
    raise InvalidValue(f"{show(text)} is not the key of a work or an edition at Open Library.")
