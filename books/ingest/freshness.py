"""Stores when sources last confirmed books. Neither `updated_at` nor the history changes."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from books.ingest.snapshot import IDENTITY
from books.models import Book, LastCheck
from core.db.bulk import find_ids, upsert_later

BATCH = 1_000


def confirm(*, source: str, keys: Collection[str], at: datetime | None = None) -> int:
    """Stores that the source listed these books at a time, now by default; returns the number of known books.

    `keys` are source keys. A later time that is already stored stays.
    """
    ordered, moment, confirmed = sorted(keys), at or timezone.now(), 0
    for start in range(0, len(ordered), BATCH):
        identities = [(source, key) for key in ordered[start : start + BATCH]]
        ids = find_ids(Book, IDENTITY, identities)
        with transaction.atomic():
            mark_as_checked(ids.values(), moment)
        confirmed += len(ids)
    return confirmed


def mark_as_checked(books: Iterable[int], at: datetime) -> None:
    """Writes the rows in the order of their keys, which prevents deadlocks."""
    rows = [(book, at) for book in sorted(books)]
    upsert_later(LastCheck, ["book", "at"], rows, unique=["book"], time="at")
