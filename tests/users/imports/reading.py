"""Reads import files that tests write."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from core.partial_date import PartialDate
from users.imports.read_file import ImportFile, read_import_file
from users.imports.rows import ImportedReading, ImportRow


def read(content: str | bytes, **options: Any) -> ImportFile:
    return read_import_file(io.BytesIO(content.encode() if isinstance(content, str) else content), **options)


def read_rows(content: str | bytes, **options: Any) -> list[ImportRow]:
    return list(read(content, **options).rows)


def read_names(header: str) -> list[str]:
    return header.split(",")


def write_table(rows: Sequence[Mapping[str, str]], columns: Sequence[str] | None = None, **options: Any) -> str:
    """A CSV file. Without `columns` the header has the keys of the first row."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns or list(rows[0]), restval="", **{"lineterminator": "\n", **options})
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def fields(row: ImportRow) -> list[str | None]:
    """The columns that have problems."""
    return [problem.field for problem in row.problems]


def reading(started_on: str = "", finished_on: str = "", outcome: str | None = "finished") -> ImportedReading:
    return ImportedReading(
        started_on=PartialDate.parse(started_on) if started_on else None,
        finished_on=PartialDate.parse(finished_on) if finished_on else None,
        outcome=outcome,
    )
