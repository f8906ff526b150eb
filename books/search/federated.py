"""Federated search: the catalogue's books, best first, and then the works of Open Library, as one list."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from books.models import Book
from books.openlibrary import lookup
from books.openlibrary.errors import OpenLibraryError
from books.openlibrary.search_results import SearchResult
from books.search.catalogue_hits import CatalogueHits, SearchText

MIN_OPEN_LIBRARY_TEXT = 3  # letters or digits; Open Library rejects shorter texts
TOO_SHORT = f"Open Library searches for at least {MIN_OPEN_LIBRARY_TEXT} letters or digits."


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """State of a source: `ok`, `stale`, `rate_limited` or `unavailable`. `reason` is a sentence for people."""

    name: str
    status: str
    age_seconds: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A work. `book` is the id of its catalogue row, if there is one; `cover_url` is set for catalogue books.

    `is_catalogue_hit`: the search found it in the catalogue, not in Open Library.
    """

    result: SearchResult
    book: int | None = None
    cover_url: str | None = None
    is_catalogue_hit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedPage:
    """`count` is the number of catalogue books plus the number of works in Open Library.

    A work that both contain counts in both and is listed once, so a page may be shorter than its limit.
    """

    count: int
    rows: list[SearchRow]
    sources: list[SourceState]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """A page of the results of one source. `count` is the number on all pages."""

    count: int
    rows: list[SearchRow]
    state: SourceState


CATALOGUE_STATE = SourceState(name="catalogue", status="ok", age_seconds=0)
TOO_SHORT_STATE = SourceState(name="open_library", status="unavailable", reason=TOO_SHORT)


def search_all(text: str, *, page: int, limit: int) -> FederatedPage:
    """A page of the results for a text, an ISBN, or the key of a work or an edition of Open Library.

    If Open Library is unavailable, the results are those of the catalogue.
    """
    query = SearchText.parse(text)
    hits = CatalogueHits(query)
    start, stop = (page - 1) * limit, page * limit
    own = [_row_of(book) for book in hits.load(start, stop)]
    found = _search_open_library(query, start=start - hits.count, stop=stop - hits.count, limit=limit)
    rows = own + _find_missing_rows(hits, found.results)
    sources = [found.state, CATALOGUE_STATE]
    return FederatedPage(count=hits.count + found.count, rows=_one_per_work(rows), sources=sources)


def search_catalogue(text: str, *, page: int, limit: int) -> SourcePage:
    """A page of the catalogue's books. Open Library is not requested."""
    hits = CatalogueHits(SearchText.parse(text))
    rows = [_row_of(book) for book in hits.load((page - 1) * limit, page * limit)]
    return SourcePage(count=hits.count, rows=_one_per_work(rows), state=CATALOGUE_STATE)


def search_open_library(text: str, *, page: int, limit: int) -> SourcePage:
    """A page of Open Library's works. Works of the catalogue's hits are left out, so it may be shorter than `limit`."""
    query = SearchText.parse(text)
    found = _search_open_library(query, start=(page - 1) * limit, stop=page * limit, limit=limit)
    rows = _find_missing_rows(CatalogueHits(query), found.results)
    return SourcePage(count=found.count, rows=_one_per_work(rows), state=found.state)


def is_too_short(text: str) -> bool:
    """Whether Open Library would reject the text."""
    query = SearchText.parse(text)
    return not query.is_identifier and len(lookup.strip_query_syntax(text)) < MIN_OPEN_LIBRARY_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenLibraryPart:
    """The results of Open Library that a page shows."""

    count: int = 0
    results: tuple[SearchResult, ...] = ()
    state: SourceState


def _search_open_library(query: SearchText, *, start: int, stop: int, limit: int) -> _OpenLibraryPart:
    """The results from `start` to `stop`; both may be negative. Requests to Open Library are for pages of `limit`."""
    if is_too_short(query.text):
        return _OpenLibraryPart(state=TOO_SHORT_STATE)
    start, stop = max(0, start), max(0, stop)
    try:
        if query.isbn_13:
            pages, offset = [lookup.search_isbn(query.isbn_13)], 0
        elif query.key:
            pages, offset = [lookup.search_key(query.key)], 0
        else:
            pages, offset = _search_pages(query.text, start=start, stop=stop, limit=limit), start // limit * limit
    except OpenLibraryError as error:
        state = SourceState(name="open_library", status=error.status, reason=_to_sentence(error))
        return _OpenLibraryPart(state=state)
    results = [result for found in pages for result in found.results]
    shown = tuple(results[start - offset : stop - offset])
    return _OpenLibraryPart(count=pages[0].count, results=shown, state=_state_of(pages[0]))


def _search_pages(text: str, *, start: int, stop: int, limit: int) -> list[lookup.SearchPage]:
    """The page of Open Library that contains `start`, and the next one if the results reach into it."""
    number = start // limit + 1
    pages = [lookup.search(text, page=number, limit=limit)]
    if stop > number * limit and pages[0].count > number * limit:
        pages.append(lookup.search(text, page=number + 1, limit=limit))
    return pages


def _state_of(found: lookup.SearchPage) -> SourceState:
    age = int(found.age_seconds)
    if found.failure is None:
        return SourceState(name="open_library", status="ok", age_seconds=age)
    reason = f"{_to_sentence(found.failure)} These results are from an earlier response."
    return SourceState(name="open_library", status="stale", age_seconds=age, reason=reason)


def _to_sentence(error: OpenLibraryError) -> str:
    return f"Open Library {error.detail}."


def _find_missing_rows(hits: CatalogueHits, results: tuple[SearchResult, ...]) -> list[SearchRow]:
    """Rows for the results that are not among the catalogue's hits, with the ids of other rows of the same book."""
    work_keys = {result.work_key for result in results if result.work_key}
    isbns = {result.isbn_13 for result in results if result.isbn_13}
    is_same = Q(work_key__in=work_keys) | Q(isbn_13__in=isbns)
    books = Book.objects.published().filter(is_same).order_by("-pk")
    matches = list(books.values_list("pk", "work_key", "isbn_13"))
    ids = {key: pk for pk, *keys in matches for key in keys if key}
    listed = hits.find_listed([pk for pk, _, _ in matches]).values_list("work_key", "isbn_13")
    shown = {key for keys in listed for key in keys if key}
    missing = [each for each in results if shown.isdisjoint({each.work_key, each.isbn_13})]
    return [SearchRow(each, ids.get(each.isbn_13 or "") or ids.get(each.work_key or "")) for each in missing]


def _one_per_work(rows: list[SearchRow]) -> list[SearchRow]:
    """The catalogue may contain several rows of a work."""
    unique: dict[Any, SearchRow] = {}
    for row in rows:
        unique.setdefault(row.result.work_key or id(row), row)
    return list(unique.values())


def _row_of(book: Book) -> SearchRow:
    result = SearchResult(
        work_key=book.work_key,
        title=book.title,
        subtitle=book.subtitle,
        authors=tuple(authorship.shown_name for authorship in book.authorships.all()),
        first_publish_year=book.first_publish_year,
        languages=tuple(book.languages),
        isbn_13=book.isbn_13,
    )
    return SearchRow(result, book.pk, book.cover_url, is_catalogue_hit=True)
