"""Finds the catalogue books and the library entries of imported rows. Only certain matches count.

A row matches a book by ISBN, by its key at Open Library, or by the exact folded title and the whole folded name of its
first author. A book with another ISBN never matches.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from books.models import Book, Source
from core.text import fold, fold_to_key
from users.imports.rows import ImportedBook, ImportRow
from users.models import EntryOrigin, LibraryEntry, User

MAX_SUGGESTIONS = 5
Groups = defaultdict[str, list[Book]]


@dataclass(frozen=True, slots=True)
class Match:
    """`how` is source, isbn, key, title or person; empty without a book. A person chooses among `suggestions`."""

    book: Book | None = None
    how: str = ""
    suggestions: list[Book] = field(default_factory=list)


class Candidates:
    """The books and entries that the rows can match, loaded with a fixed number of queries.

    `chosen` is the book that a person has chosen for the rows. It is among the loaded ones.
    """

    chosen: Book | None = None

    def __init__(self, rows: Collection[ImportRow], *, owner: User, source: str, lock: bool = False) -> None:
        """`source` is the format of the file. `lock` locks the entries until the end of the transaction."""
        self._source = source
        self._by_isbn: Groups = defaultdict(list)
        self._by_key: Groups = defaultdict(list)
        self._by_title: Groups = defaultdict(list)
        self._by_identity: dict[tuple[str, str], Book] = {}
        books = _load_books([row.book for row in rows], owner)
        for book in books:
            self._add(book)
        keys = [row.source_id for row in rows if row.source_id]
        origins = EntryOrigin.objects.filter(entry__user=owner, source=source, source_id__in=keys)
        self._origins = dict(origins.values_list("source_id", "entry"))
        entries = _load_entries(books, list(self._origins.values()), owner, lock=lock)
        self._entries = {entry.pk: entry for entry in entries}
        self._by_book = {entry.book_id: entry for entry in entries}
        self._by_work = {entry.book.work_key: entry for entry in entries if entry.book.work_key}

    def _add(self, book: Book) -> None:
        self._by_isbn[book.isbn_13 or ""].append(book)
        self._by_title[book.title_key or ""].append(book)
        keys = {book.work_key, book.source_key if book.source == Source.OPEN_LIBRARY else None}
        for key in filter(None, keys):
            self._by_key[key].append(book)
        self._by_identity[book.source, book.source_key] = book

    def find_imported_entry(self, row: ImportRow) -> LibraryEntry | None:
        """The entry that an earlier import made of the same row. Rows without an identity are compared whole."""
        if row.source_id:
            entry = self._entries.get(self._origins.get(row.source_id, 0))
            return entry if entry and self._is_same_book(entry, row) else None
        books = [*self._by_isbn[row.book.isbn_13 or ""], *self._by_title[_fold_title(row.book)]]
        entries = (self._by_book[book.pk] for book in books if book.pk in self._by_book)
        return next((entry for entry in entries if self._has_origin(entry, row)), None)

    def _is_same_book(self, entry: LibraryEntry, row: ImportRow) -> bool:
        """Rejects an identity that files use for different books, as files that a person numbered do."""
        if row.book.isbn_13 and row.book.isbn_13 == entry.book.isbn_13:
            return True
        same = (each for each in entry.origins.all() if (each.source, each.source_id) == (self._source, row.source_id))
        return any(_find_title(each.raw) == _find_title(row.raw) for each in same)

    def _has_origin(self, entry: LibraryEntry, row: ImportRow) -> bool:
        return any(each.source == self._source and each.raw == row.raw for each in entry.origins.all())

    def find_entry(self, book: Book) -> LibraryEntry | None:
        return self._by_book.get(book.pk)

    def find_other_edition(self, book: Book) -> LibraryEntry | None:
        """The entry of another book of the same work."""
        return self._by_work.get(book.work_key or "")

    def find_book(self, stated: ImportedBook) -> Match:
        """Books in the library come first, then published ones."""
        if self.chosen is not None:
            return Match(self.chosen, "person")
        if book := self._by_identity.get((stated.source or "", stated.source_key or "")):
            return Match(book, "source")
        if stated.isbn_13 and (found := self._by_isbn[stated.isbn_13]):
            return Match(self._prefer_own(found), "isbn")
        for key in filter(None, (stated.edition_key, stated.work_key)):
            if found := [book for book in self._by_key[key] if not _has_other_isbn(book, stated)]:
                return Match(self._prefer_own(found), "key")
        return self._find_by_title(stated)

    def _find_by_title(self, stated: ImportedBook) -> Match:
        titled = self._by_title[_fold_title(stated)] if stated.title else []
        exact = [book for book in titled if _has_author(book, stated) and not _has_other_isbn(book, stated)]
        own = [book for book in exact if book.pk in self._by_book]
        if len(exact) == 1 or own:
            return Match((own or exact)[0], "title")
        if stated.isbn_13 or not titled:
            return Match()
        return Match(suggestions=(exact or titled)[:MAX_SUGGESTIONS])

    def _prefer_own(self, books: list[Book]) -> Book:
        return next((book for book in books if book.pk in self._by_book), books[0])


def _load_books(stated: Iterable[ImportedBook], owner: User) -> list[Book]:
    stated = list(stated)
    works = {each.work_key for each in stated if each.work_key}
    keys = works | {each.edition_key for each in stated if each.edition_key}
    conditions = (
        Q(isbn_13__in={each.isbn_13 for each in stated if each.isbn_13}),
        Q(source=Source.OPEN_LIBRARY, source_key__in=keys) | Q(work_key__in=works),
        Q(title_key__in={_fold_title(each) for each in stated}),
        Q(source_key__in={each.source_key for each in stated if each.source_key}),
    )
    # One query each, because a database uses no index for alternatives of several columns.
    books = Book.objects.published_or_in(owner).with_authors()
    found = {book.pk: book for condition in conditions for book in books.filter(condition)}
    return sorted(found.values(), key=lambda book: (not book.is_published, book.pk))


def _load_entries(books: list[Book], entries: list[int], owner: User, *, lock: bool) -> list[LibraryEntry]:
    """The entries with these ids, of these books, and of other editions of their works."""
    works = {book.work_key for book in books if book.work_key}
    wanted = Q(book__in=books) | Q(book__work_key__in=works) | Q(pk__in=entries)
    found = LibraryEntry.objects.filter(wanted, user=owner).order_by("pk")
    if lock:
        found = found.select_for_update(of=("self",))
    return list(found.select_related("book").prefetch_related("readings", "tags", "origins"))


def _find_title(raw: dict[str, object]) -> str:
    """The folded title in the cells of a row."""
    return next((fold(str(cell)) for column, cell in raw.items() if fold(column) == "title"), "")


def _fold_title(stated: ImportedBook) -> str:
    return fold_to_key(f"{stated.title or ''} {stated.subtitle or ''}")


def _has_other_isbn(book: Book, stated: ImportedBook) -> bool:
    return bool(book.isbn_13 and stated.isbn_13 and book.isbn_13 != stated.isbn_13)


def _has_author(book: Book, stated: ImportedBook) -> bool:
    """Whether an author of the book has the whole name of the first author of the row."""
    names = {fold(each.shown_name) for each in book.authorships.all()}
    return bool(stated.authors) and fold(stated.authors[0]) in names
