"""Searches Open Library and reads works and editions as records. Combines client, rate limit, cache and parsing."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.conf import settings

from books.openlibrary import circuit_breaker, parsing, rate_limit
from books.openlibrary.cache import CachedValue, get_or_fetch, release_connection
from books.openlibrary.client import Client
from books.openlibrary.errors import NotFound, OpenLibraryError, RateLimited, Unreachable
from books.openlibrary.parsing import SearchResult
from books.openlibrary.values import list_items
from books.records import BookRecord, RecordError

QUERY_SYNTAX = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]+')
FIELDS = "key,title,author_name,first_publish_year,language,edition_count,cover_i,isbn"
EDITION_FIELDS = "editions,editions.key,editions.title,editions.language,editions.cover_i,editions.isbn"
SEARCH_MAX_WAIT, SAVE_MAX_WAIT = 1.0, 5.0  # seconds that a search, and a save, wait for the rate limit
SAVE_SECONDS = 10.0  # after which a save stops reading authors
MAX_REDIRECTS = 1
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
    return _to_search_page(_cached("search", parameters, lambda: _parse_page(_request_search(parameters), limit)))


def strip_query_syntax(text: str) -> str:
    """Returns the words alone: Open Library reads signs and the capitalised AND, OR, NOT as query syntax."""
    return " ".join(QUERY_SYNTAX.sub(" ", text).casefold().split())


def search_isbn(isbn_13: str) -> SearchPage:
    """Finds the edition of an ISBN and its work. Raises OpenLibraryError."""
    return _to_search_page(_cached("search-isbn", {"isbn": isbn_13}, lambda: _fetch_edition_page(isbn_13)))


def fetch_work(key: str) -> BookRecord:
    """Reads a work and its authors. Raises OpenLibraryError, or RecordError if the documents cannot be used."""
    deadline = time.monotonic() + SAVE_SECONDS
    work = _follow_redirects(f"/works/{key}")
    return parsing.work_record(work, _fetch_author_names(work, work, deadline))


def fetch_edition(isbn_13: str) -> BookRecord:
    """Reads the edition of an ISBN, its work and authors. Raises OpenLibraryError or RecordError."""
    deadline = time.monotonic() + SAVE_SECONDS
    edition = _fetch_document(f"/isbn/{isbn_13}")
    work = _fetch_work_of(edition)
    names = _fetch_author_names(edition, work or edition, deadline)
    names |= _fetch_author_names(work, work, deadline) if work else {}
    return parsing.edition_record(edition, work, names, requested_isbn=isbn_13)


def _fetch_work_of(edition: dict[str, Any]) -> dict[str, Any]:
    """Returns an empty document if the edition names no work, or one that does not exist: it is usable without."""
    try:
        return next((_follow_redirects(f"/works/{key}") for key in parsing.work_keys(edition)), {})
    except NotFound:
        return {}


def _request_search(parameters: dict[str, str]) -> dict[str, Any]:
    body = _request("/search.json", parameters, max_wait=SEARCH_MAX_WAIT)
    if not isinstance(body, dict) or not isinstance(body.get("docs"), list):
        raise Unreachable("sent a response of an unexpected shape", can_retry=True)
    return body


def _parse_page(body: dict[str, Any], limit: int) -> dict[str, Any]:
    results = _parse_results(body["docs"], limit)
    return _to_page(max(parsing.result_count(body), len(results)), results)


def _to_page(count: int, results: list[SearchResult]) -> dict[str, Any]:
    return {"count": count, "results": [asdict(each) for each in results]}


def _parse_results(docs: list[Any], limit: int, requested_isbn: str | None = None) -> list[SearchResult]:
    """At most `limit` results, without rows that have no title and repeated works: a page can contain a key twice.

    The limit holds even if the service ignores it, because the results are cached and passed on.
    """
    results: dict[Any, SearchResult] = {}
    for number, doc in enumerate(list_items(docs)):
        try:
            result = parsing.search_result(doc, requested_isbn=requested_isbn)
        except RecordError:
            continue
        results.setdefault(result.work_key or number, result)
        if len(results) == limit:
            break
    return list(results.values())


def _fetch_edition_page(isbn_13: str) -> dict[str, Any]:
    """One request if the search returns the edition; a second one for the edition if it returns only the work."""
    parameters = {"q": f"isbn:{isbn_13}", "fields": f"{FIELDS},{EDITION_FIELDS}", "limit": str(ISBN_LIMIT)}
    body = _request_search(parameters)
    works = _parse_results(body["docs"], ISBN_LIMIT, isbn_13)
    if any(isinstance(doc, dict) and doc.get("editions") for doc in body["docs"]):
        return _to_page(len(works), works)
    try:
        edition = _request(f"/isbn/{isbn_13}.json", None, max_wait=SEARCH_MAX_WAIT)
        result = parsing.edition_result(edition, isbn_13, _find_work(edition, works))
    except (NotFound, RecordError):
        return _to_page(len(works), works)
    others = [work for work in works if work.work_key != result.work_key]
    return _to_page(1 + len(others), [result, *others])


def _find_work(edition: Any, works: list[SearchResult]) -> SearchResult | None:
    keys = parsing.work_keys(edition)
    return next((work for work in works if work.work_key in keys), None)


def _follow_redirects(path: str) -> dict[str, Any]:
    for _ in range(MAX_REDIRECTS + 1):
        document = _fetch_document(path)
        target = parsing.redirect_target(document)
        if target is None:
            return document
        path = target
    raise RecordError("key", f"is redirected more than {MAX_REDIRECTS} times")


def _fetch_document(path: str) -> dict[str, Any]:
    cached = _cached("document", {"path": path}, lambda: _request(f"{path}.json", None, max_wait=SAVE_MAX_WAIT))
    if not isinstance(cached.value, dict):
        raise RecordError("document", "is not a JSON object")
    return cached.value


def _fetch_author_names(document: dict[str, Any], title_document: dict[str, Any], deadline: float) -> dict[str, str]:
    """The authors' names by key, in the script of the title. Authors without a usable record are left out.

    Raises RateLimited after the deadline. The documents read so far are cached, so that a retry gets further.
    """
    names = {}
    for key in parsing.author_keys(document):
        if time.monotonic() > deadline:
            raise RateLimited("lists more authors than can be read at once; try again in a few seconds")
        try:
            author = _follow_redirects(f"/authors/{key}")
            name = parsing.author_name(author, parsing.document_title(title_document))
        except (NotFound, RecordError):
            continue
        if name:
            names[key] = name
    return names


def _cached(kind: str, parameters: dict[str, str], fetch: Callable[[], Any]) -> CachedValue:
    request = json.dumps([settings.OPENLIBRARY_URL, kind, parameters], sort_keys=True)
    return get_or_fetch(request, fetch, _get_client().waiting_slot)


def _request(path: str, parameters: dict[str, str] | None, *, max_wait: float) -> Any:
    """Sends one request within the rate limit and records its outcome for the circuit breaker."""
    wait = rate_limit.acquire(per_second=settings.OPENLIBRARY_REQUESTS_PER_SECOND, max_wait=max_wait)
    release_connection()
    time.sleep(wait)
    try:
        body = _get_client().get(path, parameters)
    except OpenLibraryError as error:
        circuit_breaker.record_failure(error)
        raise
    circuit_breaker.record_success()
    return body


_create_client = cache(Client)


def _get_client() -> Client:
    """One client for each combination of settings; only tests change them."""
    return _create_client(
        settings.OPENLIBRARY_URL,
        settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
        max_waiting=settings.OPENLIBRARY_MAX_WAITING,
    )


def _to_search_page(cached: CachedValue) -> SearchPage:
    results = tuple(SearchResult(**each) for each in cached.value["results"])
    return SearchPage(
        count=cached.value["count"], results=results, age_seconds=cached.age_seconds, failure=cached.failure
    )
