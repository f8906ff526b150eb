"""The formats of exports: CSV for spreadsheets, and JSON Lines, which keeps types and nested values."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.spreadsheets import BOM, escape_formula, to_lines

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
Row = dict[str, Any]
Batches = Iterable[Sequence[Row]]


@dataclass(frozen=True)
class Format:
    """`write` yields one text for each batch of rows; its arguments are the batches and the names of the columns."""

    media_type: str
    write: Callable[[Batches, Sequence[str]], Iterator[str]]


def write_csv(batches: Batches, columns: Sequence[str]) -> Iterator[str]:
    yield to_lines([columns])
    for rows in batches:
        yield to_lines([to_cell(row[name]) for name in columns] for row in rows)


def write_csv_with_bom(batches: Batches, columns: Sequence[str]) -> Iterator[str]:
    yield BOM
    yield from write_csv(batches, columns)


def write_json_lines(batches: Batches, columns: Sequence[str]) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=to_json).encode
    for rows in batches:
        yield "".join(f"{encode(row)}\n" for row in rows)


def to_cell(value: Any) -> str:
    return CELLS[type(value)](value)


def write_text(value: str) -> str:
    """Amounts are texts, as in the API. A negative number is no formula, and programs read it as a number."""
    return value if NUMBER.fullmatch(value) else escape_formula(value)


def write_list(values: list[Any]) -> str:
    return "; ".join(map(to_cell, values))


def write_name(value: dict[str, Any]) -> str:
    """Authors and categories are objects in the API."""
    return escape_formula(value["name"])


def to_json(value: datetime | Decimal) -> str:
    """As in the API: times of ISO 8601 in UTC, prices as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


CELLS: dict[type, Callable[[Any], str]] = {
    str: write_text, type(None): lambda _: "", bool: lambda value: "true" if value else "false", int: str,
    Decimal: str, datetime: to_json, date: to_json, list: write_list, dict: write_name,
}  # fmt: skip
FORMATS = {
    "csv": Format("text/csv; charset=utf-8", write_csv),
    "jsonl": Format("application/jsonl; charset=utf-8", write_json_lines),
}
CSV_WITH_BOM = Format(FORMATS["csv"].media_type, write_csv_with_bom)
