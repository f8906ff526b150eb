"""Which books a person may see, including unpublished ones in libraries."""

from typing import Any

from django.conf import settings

from books.models import Book, BookQuerySet


def visible_books(user: Any) -> BookQuerySet:
    """Published books, those in the person's library, and those in the shared library if SHARED_SHELF is on."""
    return Book.objects.visible_to(user, with_shared=settings.SHARED_SHELF)
