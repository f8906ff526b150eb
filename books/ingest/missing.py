"""Marks books that their source no longer lists. They are never deleted."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from books.models import Book
from books.prices.review import lock_books
from books.signals import offers_ended
from core.batches import batches

BATCH = 500


def mark_missing(source: str, *, keys: Collection[str], addresses: Collection[str]) -> int:
    """Marks the books of a source that a complete crawl did not find; returns the number of newly missing ones.

    A book was found if its `source_key` was read, or if its page's address was listed but could not be read. `ingest`
    removes the mark when the source lists the book again.
    """
    listed = Book.objects.filter(source=source, missing_since=None).values_list("pk", "source_key", "product_url")
    missing = sorted(pk for pk, key, address in listed.iterator() if key not in keys and address not in addresses)
    mark_books_as_missing(missing)
    return len(missing)


@transaction.atomic
def mark_books_as_missing(books: Iterable[int]) -> None:
    """Marks those of the books, given by their ids, that are listed."""
    now = timezone.now()
    marked: list[int] = []
    for keys in batches(sorted(books), BATCH):
        lock_books(keys)
        listed = Book.objects.filter(pk__in=keys, missing_since=None)
        marked += listed.values_list("pk", flat=True)
        listed.update(missing_since=now, updated_at=now)
    offers_ended.send(Book, books=marked)
