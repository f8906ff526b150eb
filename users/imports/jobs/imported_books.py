"""The private books that imports create from rows."""

from books.models import Book, Source


def delete_if_unused(book: Book | None) -> None:
    """Deletes an unpublished imported book that no library has any more."""
    if book and book.source == Source.IMPORT and not book.is_published and not book.library_entries.exists():
        book.delete()


def delete_unused_books(job: int) -> None:
    """Deletes the unpublished books that the import created and no library has any more."""
    created = Book.objects.filter(source=Source.IMPORT, source_key__startswith=f"{job}-", is_published=False)
    created.filter(library_entries=None).delete()
