"""Changes of work keys and ISBNs by staff. They move a book to another work."""

from collections.abc import Mapping
from typing import Any

from books.models import Book
from books.signals import offers_joined, works_left


def report_moved_books(before: Mapping[int, Mapping[str, Any]]) -> None:
    """Sends the signals about books whose work key or ISBN changed. The books are locked, and stored.

    `before`: `field_values` before the change, by the id of the book.
    """
    former = {pk: (values["work_key"], values["isbn_13"]) for pk, values in before.items()}
    present = Book.objects.filter(pk__in=former).order_by("pk").values_list("pk", "work_key", "isbn_13")
    moved = [pk for pk, *keys in present if (*keys,) != former[pk]]
    if moved:
        works_left.send(Book, keys=[former[pk] for pk in moved], books=moved)
        offers_joined.send(Book, books=moved)
