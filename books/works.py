"""The rows of a work: those with the same work key or ISBN."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from books.models import Book

Keys = tuple[str | None, str | None]  # work key and ISBN


def find_rows(books: Collection[int]) -> dict[int, list[int]]:
    """The ids of the rows of each book's work: itself, and published rows with the same work key or ISBN."""
    keys = {pk: (work, isbn) for pk, work, isbn in _load_keys(Book.objects.filter(pk__in=books))} if books else {}
    by_key: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for row, *found in _load_keys(filter_works(Book.objects.published(), keys.values())):
        for place, key in enumerate(found):
            by_key[place, key or ""].add(row)
    return {
        book: sorted({book}.union(*(by_key[place, key] for place, key in enumerate(own) if key)))
        for book, own in keys.items()
    }


def filter_works(books: QuerySet[Book], keys: Iterable[Keys]) -> QuerySet[Book]:
    """The books with one of these work keys or ISBNs. Null matches no book."""
    pairs = set(keys)
    works, isbns = ([each[place] for each in pairs if each[place]] for place in (0, 1))
    return books.filter(Q(work_key__in=works) | Q(isbn_13__in=isbns)) if works or isbns else books.none()


def _load_keys(books: QuerySet[Book]) -> Iterable[tuple[int, str | None, str | None]]:
    return books.order_by().values_list("pk", "work_key", "isbn_13")
