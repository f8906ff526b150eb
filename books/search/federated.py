"""Federated search: Open Library and the catalogue in one result page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from books.isbn import parse_isbn
from books.models import Book
from books.openlibrary import lookup
from books.openlibrary.errors import OpenLibraryError
from books.openlibrary.parsing import SearchResult
from books.search.titles import title_or_author_contains


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """State of a source: `ok`, `stale`, `rate_limited` or `unavailable`. `reason` is a sentence for people."""

    name: str
    status: str
    age_seconds: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A work. `book` is the id of its catalogue row, if there is one; `cover_url` is set for catalogue books."""

    result: SearchResult
    book: int | None = None
    cover_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedPage:
    count: int
    rows: list[SearchRow]
    sources: list[SourceState]


CATALOGUE_STATE = SourceState(name="catalogue", status="ok", age_seconds=0, reason=None)


def search_all(text: str, *, page: int, limit: int) -> FederatedPage:
    """A page of Open Library's works; the first page starts with the catalogue's own books, one row per work.

    If Open Library is unavailable, it is a page of the catalogue's books. An ISBN finds its edition.
    """
    isbn_13 = parse_isbn(text)
    books = title_or_author_contains(Book.objects.with_authors(), text, isbn_13)
    try:
        found = lookup.search_isbn(isbn_13) if isbn_13 else lookup.search(text, page=page, limit=limit)
    except OpenLibraryError as error:
        return _page_of_catalogue(books, error, page=page, limit=limit)
    # The results for an ISBN are one page, whatever the limit.
    results = found.results[(page - 1) * limit : page * limit] if isbn_13 else found.results
    rows = _match_books(results)
    if page == 1:
        rows = _rows_missing_from(rows, list(books[:limit])) + rows
    return FederatedPage(count=found.count or books.count(), rows=rows, sources=[_state_of(found), CATALOGUE_STATE])


def _page_of_catalogue(books: QuerySet[Book], error: OpenLibraryError, *, page: int, limit: int) -> FederatedPage:
    state = SourceState(name="open_library", status=error.status, age_seconds=None, reason=_to_sentence(error))
    rows = [_row_of(book) for book in books[(page - 1) * limit : page * limit]]
    return FederatedPage(count=books.count(), rows=rows, sources=[state, CATALOGUE_STATE])


def _state_of(found: lookup.SearchPage) -> SourceState:
    age = int(found.age_seconds)
    if found.failure is None:
        return SourceState(name="open_library", status="ok", age_seconds=age, reason=None)
    reason = f"{_to_sentence(found.failure)} These results are from an earlier response."
    return SourceState(name="open_library", status="stale", age_seconds=age, reason=reason)


def _to_sentence(error: OpenLibraryError) -> str:
    return f"Open Library {error.detail}."


def _match_books(results: tuple[SearchResult, ...]) -> list[SearchRow]:
    """Adds the ids of catalogue rows with the same ISBN or the same work."""
    work_keys = {result.work_key for result in results if result.work_key}
    isbns = {result.isbn_13 for result in results if result.isbn_13}
    ids: dict[str, int] = {}
    books = Book.objects.filter(Q(work_key__in=work_keys) | Q(isbn_13__in=isbns)).order_by("-pk")
    for pk, work_key, isbn_13 in books.values_list("pk", "work_key", "isbn_13"):
        ids |= {key: pk for key in (work_key, isbn_13) if key}
    return [SearchRow(each, ids.get(each.isbn_13 or "") or ids.get(each.work_key or "")) for each in results]


def _rows_missing_from(rows: list[SearchRow], books: list[Book]) -> list[SearchRow]:
    """Rows for the books that no row shows yet, one per work."""
    present: set[Any] = {key for row in rows for key in (row.book, row.result.work_key)}
    missing = []
    for book in books:
        if book.pk not in present and (book.work_key is None or book.work_key not in present):
            missing.append(_row_of(book))
            present.add(book.work_key)
    return missing


def _row_of(book: Book) -> SearchRow:
    result = SearchResult(
        work_key=book.work_key,
        title=book.title,
        authors=tuple(authorship.author.name for authorship in book.authorships.all()),
        first_publish_year=book.first_publish_year,
        languages=tuple(book.languages),
        isbn_13=book.isbn_13,
    )
    return SearchRow(result, book.pk, book.cover_url)
