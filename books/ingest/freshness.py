"""Stores when sources last confirmed books. Neither `updated_at` nor the history changes."""

from collections.abc import Iterable
from datetime import datetime

from books.models import LastCheck
from core.db.bulk import upsert_later


def mark_as_checked(books: Iterable[int], at: datetime) -> None:
    """Writes the rows in the order of their keys, which prevents deadlocks. A later time that is stored stays."""
    rows = [(book, at) for book in sorted(books)]
    upsert_later(LastCheck, ["book", "at"], rows, unique=["book"], time="at")
