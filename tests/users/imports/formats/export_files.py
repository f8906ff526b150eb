"""Reads export files from the directory `files`, and contents that tests write."""

import io
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any

from core.partial_date import PartialDate
from users.imports.read_file import ImportFile, read_import_file
from users.imports.rows import ImportedReading, ImportRow

EMPTY: tuple[Any, ...] = (None, (), "", False)
FILES = Path(__file__).parent / "files"


def read_export(name: str) -> tuple[ImportFile, list[ImportRow]]:
    return read_content((FILES / name).read_bytes())


def read_content(content: bytes) -> tuple[ImportFile, list[ImportRow]]:
    file = read_import_file(io.BytesIO(content))
    return file, list(file.rows)


def drop_columns(name: str, *columns: str, delimiter: str = ",") -> bytes:
    """The file with other names for these columns, so that its format cannot find them."""
    header, _, rest = (FILES / name).read_bytes().partition(b"\n")
    names = header.decode().strip().split(delimiter)
    renamed = [f"Other {number}" if column in columns else column for number, column in enumerate(names)]
    return delimiter.join(renamed).encode() + b"\n" + rest


def reading(started_on: str = "", finished_on: str = "", outcome: str | None = "finished") -> ImportedReading:
    return ImportedReading(
        started_on=PartialDate.parse(started_on) if started_on else None,
        finished_on=PartialDate.parse(finished_on) if finished_on else None,
        outcome=outcome,
    )


def stated(row: ImportRow) -> dict[str, Any]:
    """The fields with a value, except the raw row and the line."""
    values = {field.name: getattr(row, field.name) for field in dataclass_fields(row)}
    return {name: value for name, value in values.items() if name not in {"raw", "line"} and value not in EMPTY}


def fields(row: ImportRow) -> list[str | None]:
    """The columns that have problems."""
    return [problem.field for problem in row.problems]
