"""The private books that imports create from rows."""

from django.db.models import QuerySet

from books.models import Book, Source


def find_unused() -> QuerySet[Book]:
    """The unpublished imported books that no library has any more and no reader watches."""
    private = Book.objects.filter(source=Source.IMPORT, is_published=False)
    return private.filter(library_entries=None, price_watches=None)


def delete_if_unused(book: Book | None) -> None:
    if book is not None:
        find_unused().filter(pk=book.pk).delete()


def delete_unused_books(job: int) -> None:
    """Deletes those that the import created."""
    find_unused().filter(source_key__startswith=f"{job}-").delete()
