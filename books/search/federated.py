"""Searching the world and the catalogue at once."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from books.models import Book
from books.openlibrary import lookup as catalogue
from books.openlibrary.errors import OpenLibraryError
from books.openlibrary.parsing import SearchResult
from books.openlibrary.values import as_isbn_13
from books.search.titles import matching


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source did: `ok`, `stale`, `rate_limited` or `unavailable`; `reason` is for people."""

    name: str
    status: str
    age_seconds: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A work; `book` is its row's id where the catalogue has it. A book of the catalogue brings its cover's address."""

    result: SearchResult
    book: int | None = None
    cover_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    count: int
    rows: list[Row]
    sources: list[SourceState]


def discover(text: str, *, page: int, limit: int) -> Discovery:
    """A page of Open Library's works, on the first page with the catalogue's own, one row a work.

    Without Open Library it is a page of the catalogue. An ISBN finds its edition.
    """
    number = as_isbn_13(text)
    books = matching(Book.objects.with_authors(), text, number)
    try:
        found = catalogue.search_isbn(number) if number else catalogue.search(text, page=page, limit=limit)
    except OpenLibraryError as error:
        start = (page - 1) * limit
        state = SourceState(name="open_library", status=error.status, age_seconds=None, reason=_sentence(error))
        rows = [_own_row(book) for book in books[start : start + limit]]
        return Discovery(count=books.count(), rows=rows, sources=[state, OWN])
    # An edition's page comes whole, whatever its size.
    results = found.results[(page - 1) * limit : page * limit] if number else found.results
    rows = _with_books(results)
    if page == 1:
        rows = _missing_from(rows, list(books[:limit])) + rows
    return Discovery(count=found.count or books.count(), rows=rows, sources=[_state(found), OWN])


OWN = SourceState(name="catalogue", status="ok", age_seconds=0, reason=None)


def _state(found: catalogue.Found) -> SourceState:
    age = int(found.age_seconds)
    if found.failure is None:
        return SourceState(name="open_library", status="ok", age_seconds=age, reason=None)
    reason = f"{_sentence(found.failure)} This is what it said before."
    return SourceState(name="open_library", status="stale", age_seconds=age, reason=reason)


def _sentence(error: OpenLibraryError) -> str:
    detail = error.detail.rstrip(".")
    return f"Open Library {detail[0].lower()}{detail[1:]}.".replace("Open Library it ", "Open Library ")


def _with_books(results: tuple[SearchResult, ...]) -> list[Row]:
    works = {result.work_key for result in results if result.work_key}
    numbers = {result.isbn_13 for result in results if result.isbn_13}
    known: dict[str, int] = {}
    held = Book.objects.filter(Q(work_key__in=works) | Q(isbn_13__in=numbers)).order_by("-pk")
    for pk, work_key, isbn_13 in held.values_list("pk", "work_key", "isbn_13"):
        known |= {key: pk for key in (work_key, isbn_13) if key}
    return [Row(each, known.get(each.isbn_13 or "") or known.get(each.work_key or "")) for each in results]


def _missing_from(rows: list[Row], books: list[Book]) -> list[Row]:
    """The catalogue's books that no row shows, one row a work."""
    shown: set[Any] = {key for row in rows for key in (row.book, row.result.work_key)}
    missing = []
    for book in books:
        if book.pk not in shown and (book.work_key is None or book.work_key not in shown):
            missing.append(_own_row(book))
            shown.add(book.work_key)
    return missing


def _own_row(book: Book) -> Row:
    result = SearchResult(
        work_key=book.work_key,
        title=book.title,
        authors=tuple(authorship.author.name for authorship in book.authorships.all()),
        first_publish_year=book.first_publish_year,
        languages=tuple(book.languages),
        isbn_13=book.isbn_13,
    )
    return Row(result, book.pk, book.cover_url)
