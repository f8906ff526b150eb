"""Publishing books that members entered, and withdrawing them again."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from books.models import Author, Authorship, Book
from books.signals import offers_ended, offers_joined


@transaction.atomic
def set_published(books: QuerySet[Book], *, is_published: bool) -> int:
    """Publishes the books with their authors, or withdraws the books. Returns the number of changed books.

    The history of each book records the change.
    """
    changed = list(
        books.filter(is_published=not is_published).select_for_update(no_key=True, of=("self",)).order_by("pk")
    )
    for book in changed:
        book.is_published = is_published
        book.save(update_fields=["is_published", "updated_at"])
    keys = [book.pk for book in changed]
    if is_published:
        publish_authors(keys)
    (offers_joined if is_published else offers_ended).send(Book, books=keys)
    return len(changed)


def publish_authors(books: Collection[Any]) -> None:
    """Publishes the authors of the published books among these. `books` are ids."""
    authors = Authorship.objects.filter(book__in=books, book__is_published=True).order_by().values("author")
    Author.objects.filter(is_published=False, pk__in=authors).update(is_published=True)
