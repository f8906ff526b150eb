"""Books that their source no longer lists: marked, never deleted."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from books.models import Book

BATCH = 500


def mark_missing(source: str, *, keys: Collection[str], addresses: Collection[str]) -> int:
    """Marks the books of a source that a complete look at it did not find. How many are newly missing.

    Found is a book whose `source_key` was read, and one whose page's address was listed, though it could not be read. A
    book that is found again is cleared by `ingest`.
    """
    listed = Book.objects.filter(source=source, missing_since=None).values_list("pk", "source_key", "product_url")
    missing = [pk for pk, key, address in listed.iterator() if key not in keys and address not in addresses]
    now = timezone.now()
    with transaction.atomic():
        for start in range(0, len(missing), BATCH):
            Book.objects.filter(pk__in=missing[start : start + BATCH]).update(missing_since=now, updated_at=now)
    return len(missing)
