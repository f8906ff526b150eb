"""Searches Open Library by text, by ISBN, and by the key of a work or an edition."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from books.openlibrary.cache import CachedValue
from books.openlibrary.documents import find_work_of, resolve
from books.openlibrary.errors import NotFound, OpenLibraryError
from books.openlibrary.parsing import work_keys
from books.openlibrary.rows import FIELDS, find_row, remember_rows
from books.openlibrary.search_results import (
    SearchResult,
    edition_result,
    find_edition,
    result_count,
    search_result,
    work_result,
)
from books.openlibrary.service import SEARCH_MAX_WAIT, cached, request_search
from books.openlibrary.values import list_items
from books.records import RecordError

QUERY_SYNTAX = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]+')
EDITION_FIELDS = "editions,editions.key,editions.title,editions.language,editions.cover_i,editions.isbn"
ISBN_LIMIT = 10  # works in the response for an ISBN, which normally has one


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """A page of results. `count` covers all pages; `failure` is set if the page is stale because of it."""

    count: int
    results: tuple[SearchResult, ...]
    age_seconds: float
    failure: OpenLibraryError | None


def search(text: str, *, page: int, limit: int) -> SearchPage:
    """Finds works by title, author and other text, with one request per page. Raises OpenLibraryError."""
    parameters = {"q": strip_query_syntax(text), "fields": FIELDS, "page": str(page), "limit": str(limit)}
    return _to_search_page(cached("search", parameters, lambda: _fetch_page(parameters, limit)))


def strip_query_syntax(text: str) -> str:
    """Returns the words alone: Open Library reads signs and the capitalised AND, OR, NOT as query syntax."""
    return " ".join(QUERY_SYNTAX.sub(" ", text).casefold().split())


def search_isbn(isbn_13: str) -> SearchPage:
    """Finds the edition of an ISBN and its work. Raises OpenLibraryError."""
    return _to_search_page(cached("search-isbn", {"isbn": isbn_13}, lambda: _fetch_edition_page(isbn_13)))


def search_key(key: str) -> SearchPage:
    """Finds a work (OL…W) or an edition (OL…M). Raises OpenLibraryError."""
    return _to_search_page(cached("search-key", {"key": key}, lambda: _fetch_page_of_key(key)))


def _fetch_page(parameters: dict[str, str], limit: int) -> dict[str, Any]:
    body = request_search(parameters, max_wait=SEARCH_MAX_WAIT)
    results = _parse_results(body["docs"], limit)
    remember_rows(results)
    return _to_page(max(result_count(body), len(results)), results)


def _fetch_edition_page(isbn_13: str) -> dict[str, Any]:
    """One request if the search returns the edition; a second one for the edition if it returns only the work."""
    parameters = {"q": f"isbn:{isbn_13}", "fields": f"{FIELDS},{EDITION_FIELDS}", "limit": str(ISBN_LIMIT)}
    docs = request_search(parameters, max_wait=SEARCH_MAX_WAIT)["docs"]
    works = _parse_results(docs, ISBN_LIMIT, isbn_13)
    if not any(isinstance(doc, dict) and find_edition(doc, isbn_13) for doc in docs):
        works = _put_edition_first(f"/isbn/{isbn_13}", isbn_13, works)
    return _to_page(len(works), works)


def _fetch_page_of_key(key: str) -> dict[str, Any]:
    try:
        if key.endswith("M"):
            results = _put_edition_first(f"/books/{key}", None, [])
        else:
            work = resolve(f"/works/{key}", "work", max_wait=SEARCH_MAX_WAIT)
            results = [find_row(work.key) or work_result(work.document, work.key)]
    except (NotFound, RecordError):
        results = []
    return _to_page(len(results), results)


def _put_edition_first(path: str, isbn_13: str | None, works: list[SearchResult]) -> list[SearchResult]:
    """Reads the edition; without a usable one, returns the works alone."""
    try:
        edition = resolve(path, "edition", max_wait=SEARCH_MAX_WAIT)
        result = edition_result(edition.document, _find_work(edition.document, works), isbn_13=isbn_13)
    except (NotFound, RecordError):
        return works
    return [result, *(each for each in works if each.work_key != result.work_key)]


def _find_work(edition: dict[str, Any], works: list[SearchResult]) -> SearchResult | None:
    """The edition's work: one of these, which costs no request, else the one that its record redirects to."""
    keys = work_keys(edition)
    if found := next((work for work in works if work.work_key in keys), None):
        return found
    work = find_work_of(edition, max_wait=SEARCH_MAX_WAIT)
    if work is None:
        return None
    return next((each for each in works if each.work_key == work.key), None) or work_result(work.document, work.key)


def _parse_results(docs: Iterable[Any], limit: int, requested_isbn: str | None = None) -> list[SearchResult]:
    """At most `limit` results, without repeated works and without rows that have neither a work nor an ISBN.

    The limit holds even if the service ignores it, because the results are cached and passed on.
    """
    results: dict[str, SearchResult] = {}
    for doc in list_items(docs):
        try:
            result = search_result(doc, requested_isbn=requested_isbn)
        except RecordError:
            continue
        if key := result.work_key or result.isbn_13:
            results.setdefault(key, result)
        if len(results) == limit:
            break
    return list(results.values())


def _to_page(count: int, results: list[SearchResult]) -> dict[str, Any]:
    return {"count": count, "results": [asdict(each) for each in results]}


def _to_search_page(cached_page: CachedValue) -> SearchPage:
    results = tuple(SearchResult(**each) for each in cached_page.value["results"])
    return SearchPage(
        count=cached_page.value["count"],
        results=results,
        age_seconds=cached_page.age_seconds,
        failure=cached_page.failure,
    )
