"""Reads export files from the directory `files`."""

from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any

from tests.users.imports.reading import read
from users.imports.read_file import ImportFile
from users.imports.rows import ImportRow

EMPTY: tuple[Any, ...] = (None, (), "", False)
FILES = Path(__file__).parent / "files"


def read_export(name: str) -> tuple[ImportFile, list[ImportRow]]:
    return read_content((FILES / name).read_bytes())


def read_content(content: bytes) -> tuple[ImportFile, list[ImportRow]]:
    file = read(content)
    return file, list(file.rows)


def drop_columns(name: str, *columns: str, delimiter: str = ",") -> bytes:
    """The file with other names for these columns, so that its format cannot find them."""
    header, _, rest = (FILES / name).read_bytes().partition(b"\n")
    names = header.decode().strip().split(delimiter)
    renamed = [f"Other {number}" if column in columns else column for number, column in enumerate(names)]
    return delimiter.join(renamed).encode() + b"\n" + rest


def stated(row: ImportRow) -> dict[str, Any]:
    """The fields with a value, except the raw row and the line."""
    values = {field.name: getattr(row, field.name) for field in dataclass_fields(row)}
    return {name: value for name, value in values.items() if name not in {"raw", "line"} and value not in EMPTY}
