"""Loads a page of price changes as JSON rows by their primary keys."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from books.book_rows import load_book_rows
from books.models import PriceObservation

COLUMNS = (
    "pk", "book", "observed_at", "previous_price", "previous_currency", "price", "currency", "change_percent",
)  # fmt: skip
ChangeRow = dict[str, Any]


def load_change_rows(keys: Sequence[int]) -> list[ChangeRow]:
    """The changes in the order of `keys`, each with its book. Those that are no changes any more are left out."""
    changes = PriceObservation.objects.changes().filter(pk__in=keys).order_by().values(*COLUMNS)
    rows: dict[int, ChangeRow] = {row.pop("pk"): dict(row) for row in changes}
    books = {book["id"]: book for book in load_book_rows(sorted({row["book"] for row in rows.values()}))}
    return [_to_json(rows[key], books) for key in keys if key in rows and rows[key]["book"] in books]


def _to_json(row: ChangeRow, books: dict[int, Any]) -> ChangeRow:
    is_comparable = row["currency"] == row["previous_currency"]
    difference = row["price"] - row["previous_price"] if is_comparable else None
    return {
        "observed_at": row["observed_at"],
        "book": books[row["book"]],
        "previous_price": format_amount(row["previous_price"]),
        "previous_currency": row["previous_currency"],
        "price": format_amount(row["price"]),
        "currency": row["currency"],
        "difference": format_amount(difference),
        "change_percent": format_amount(row["change_percent"]),
    }


def format_amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
