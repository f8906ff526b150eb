"""Import rows as JSON values, in which the database stores them."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from core.partial_date import PartialDate
from users.imports.rows import ImportedBook, ImportedOrigin, ImportedReading, ImportRow

STORED_APART = {"line", "raw", "problems", "error", "skip_reason"}  # in columns of their own


def to_values(row: ImportRow) -> dict[str, Any]:
    """The stated fields of the row. Others are left out."""
    stated = {each.name: getattr(row, each.name) for each in fields(row) if each.name not in STORED_APART}
    return {name: _to_json(value) for name, value in stated.items() if _is_stated(value)}


def _is_stated(value: Any) -> bool:
    """A number 0 is stated."""
    return value is not None and value is not False and value not in ("", ())


def from_values(values: dict[str, Any], *, line: int = 0, raw: dict[str, Any] | None = None) -> ImportRow:
    """The row that `to_values` has stored."""
    stated = dict(values)
    book = ImportedBook(**_to_tuples(stated.pop("book", {})))
    readings = tuple(_to_reading(each) for each in stated.pop("readings", []))
    origins = tuple(ImportedOrigin(**each) for each in stated.pop("origins", []))
    for name in {"rating", "stated_rating"} & set(stated):
        stated[name] = Decimal(stated[name])
    if "added_on" in stated:
        stated["added_on"] = date.fromisoformat(stated["added_on"])
    return ImportRow(line=line, raw=raw or {}, book=book, readings=readings, origins=origins, **_to_tuples(stated))


def _to_json(value: Any) -> Any:
    if isinstance(value, ImportedOrigin):
        return {"source": value.source, "source_id": value.source_id, "raw": value.raw}
    if isinstance(value, ImportedBook | ImportedReading):
        stated = {each.name: getattr(value, each.name) for each in fields(value)}
        return {name: _to_json(each) for name, each in stated.items() if each not in (None, ())}
    if isinstance(value, tuple):
        return [_to_json(each) for each in value]
    return value if isinstance(value, bool | int | str) else str(value)


def _to_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _to_reading(values: dict[str, Any]) -> ImportedReading:
    dates = {name: PartialDate.parse(values[name]) for name in ("started_on", "finished_on") if name in values}
    return ImportedReading(**dates, outcome=values.get("outcome"))
