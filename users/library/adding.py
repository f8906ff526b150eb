"""Adds a book that a person enters by hand to the catalogue and to a library."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from books.models import Author, Authorship, Book
from core.text import fold_to_key
from users.models import LibraryEntry, User


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBook:
    """A book as a person enters it. `authors` are names in the order of the title page."""

    title: str
    authors: tuple[str, ...] = ()
    isbn_13: str | None = None
    first_publish_year: int | None = None


def may_add_books(user: User) -> bool:
    """Staff always, members if MEMBERS_ADD_BOOKS is on."""
    return settings.MEMBERS_ADD_BOOKS or user.is_staff


def find_published(isbn_13: str | None) -> Book | None:
    """The published book with this ISBN, which a person should save instead of entering it again."""
    return Book.objects.published().filter(isbn_13=isbn_13).first() if isbn_13 else None


@transaction.atomic
def add_book(*, user: User, owner: User | None, new: NewBook, status: str) -> LibraryEntry:
    """Returns the entry in the owner's library; None is the shared one.

    The book is published at once if the user may add books to the catalogue. Otherwise staff publish it.
    """
    is_published = user.is_staff and user.has_perm("books.add_book")
    book = Book.objects.create(
        title=new.title,
        isbn_13=new.isbn_13,
        first_publish_year=new.first_publish_year,
        is_published=is_published,
    )
    for position, name in enumerate(dict.fromkeys(new.authors)):
        author = _get_or_create_author(name, is_published=is_published)
        Authorship.objects.get_or_create(book=book, author=author, defaults={"position": position})
    entry: LibraryEntry = LibraryEntry.objects.create(user=owner, book=book, status=status)
    return entry


def _get_or_create_author(name: str, *, is_published: bool) -> Author:
    """An author with this name, published ones first. Staff merge authors of the same name, or separate them."""
    authors = Author.objects.filter(name_key=fold_to_key(name), name=name).order_by("-is_published", "pk")
    author = authors.first() or Author.objects.create(name=name, is_published=is_published)
    if is_published and not author.is_published:
        author.is_published = True
        author.save(update_fields=["is_published"])
    return author
