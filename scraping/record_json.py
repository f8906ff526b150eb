"""Stores records as JSON. Pure."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from books.availability import Availability
from books.records import AuthorRecord, BookRecord


def record_to_json(record: BookRecord) -> dict[str, Any]:
    """The record's fields that have a value. An unknown availability is none."""
    fields = {name: value for name, value in asdict(record).items() if value not in (None, ())}
    if record.availability == Availability.UNKNOWN:
        del fields["availability"]
    return {**fields, "price": str(record.price)} if record.price is not None else fields


def record_from_json(fields: dict[str, Any]) -> BookRecord:
    """Fields that BookRecord received after the row was written are missing and get their defaults."""
    return BookRecord(
        **{
            **fields,
            "price": Decimal(fields["price"]) if "price" in fields else None,
            "availability": Availability(fields.get("availability", Availability.UNKNOWN)),
            "authors": tuple(AuthorRecord(**author) for author in fields.get("authors", ())),
            "languages": tuple(fields.get("languages", ())),
        }
    )
