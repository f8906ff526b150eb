"""Open Library as a catalogue to search and to read: the client, the turns, the kept answers, normalised."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.conf import settings

from books.openlibrary import parsing as normalise
from books.openlibrary.cache import Answer, answer, give_back_connection
from books.openlibrary.client import Client
from books.openlibrary.errors import Busy, NotThere, OpenLibraryError, TooFast, Unreachable
from books.openlibrary.parsing import SearchResult
from books.openlibrary.rate_limit import note_answer, note_failure, take_turn
from books.records import BookRecord, RecordError

GRAMMAR = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]+')
FIELDS = "key,title,author_name,first_publish_year,language,edition_count,cover_i,isbn"
EDITION_FIELDS = "editions,editions.key,editions.title,editions.language,editions.cover_i,editions.isbn"
SEARCH_PATIENCE, SAVE_PATIENCE = 1.0, 5.0  # seconds that a search, and a save, wait for their turn
RATE, RATE_WITH_CONTACT = 1, 3  # a second, as Open Library asks of its users
SAVE_SECONDS = 10.0  # after which a save gives up reading authors
MAX_REDIRECTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a search. `count` is of all pages; `failure` says why nothing newer came, where this is stale."""

    count: int
    results: tuple[SearchResult, ...]
    age_seconds: float
    failure: OpenLibraryError | None


def search(text: str, *, page: int, limit: int) -> Found:
    """Works by title, author or whatever else Open Library looks at: one call a page. Raises OpenLibraryError."""
    parameters = {"q": plain(text), "fields": FIELDS, "page": str(page), "limit": str(limit)}
    return _found(_kept("search", parameters, lambda: _page(_search(parameters))))


def plain(text: str) -> str:
    """The words alone: to Open Library signs and capital ANDs are a query's grammar, which nobody here means."""
    return " ".join(GRAMMAR.sub(" ", text).casefold().split())


def search_isbn(isbn_13: str) -> Found:
    """The very edition, with its work beside it. Raises OpenLibraryError."""
    return _found(_kept("search-isbn", {"isbn": isbn_13}, lambda: _edition_page(isbn_13)))


def fetch_work(key: str) -> BookRecord:
    """A work with its authors. Raises OpenLibraryError, or RecordError where its record cannot be used."""
    deadline = time.monotonic() + SAVE_SECONDS
    work = _follow(f"/works/{key}")
    return normalise.work_record(work, _names(work, work, deadline))


def fetch_edition(isbn_13: str) -> BookRecord:
    """The edition of an ISBN, with its work and authors. Raises OpenLibraryError or RecordError."""
    deadline = time.monotonic() + SAVE_SECONDS
    edition = _document(f"/isbn/{isbn_13}")
    work = _work_of_edition(edition)
    names = _names(edition, work or edition, deadline) | (_names(work, work, deadline) if work else {})
    return normalise.edition_record(edition, work, names, asked_isbn=isbn_13)


def _work_of_edition(edition: dict[str, Any]) -> dict[str, Any]:
    """Empty where the edition names none, or one that is not there: the edition says enough by itself."""
    try:
        return next((_follow(f"/works/{key}") for key in normalise.work_keys(edition)), {})
    except NotThere:
        return {}


def _search(parameters: dict[str, str]) -> dict[str, Any]:
    reply = _ask("/search.json", parameters, patience=SEARCH_PATIENCE)
    if not isinstance(reply, dict) or not isinstance(reply.get("docs"), list):
        raise Unreachable("sent a reply of another shape", can_retry=True)
    return reply


def _page(reply: dict[str, Any], asked_isbn: str | None = None) -> dict[str, Any]:
    results = list(_results(reply["docs"], asked_isbn))
    count = next((n for n in (reply.get("numFound"), reply.get("num_found")) if type(n) is int and n >= 0), 0)
    return {"count": max(count, len(results)), "results": [asdict(each) for each in results]}


def _results(docs: list[Any], asked_isbn: str | None) -> Iterator[SearchResult]:
    """A work once, though a key can stand on a page twice; what has no title is passed over."""
    seen = set()
    for doc in docs:
        try:
            result = normalise.search_result(doc, asked_isbn=asked_isbn)
        except RecordError:
            continue
        if result.work_key not in seen:
            yield result
        if result.work_key:
            seen.add(result.work_key)


def _edition_page(isbn_13: str) -> dict[str, Any]:
    """One call where the search names the edition; the edition itself where it names only the work."""
    reply = _search({"q": f"isbn:{isbn_13}", "fields": f"{FIELDS},{EDITION_FIELDS}", "limit": "10"})
    if any(isinstance(doc, dict) and doc.get("editions") for doc in reply["docs"]):
        return _page(reply, isbn_13)
    works = list(_results(reply["docs"], isbn_13))
    try:
        edition = _ask(f"/isbn/{isbn_13}.json", None, patience=SEARCH_PATIENCE)
        found = normalise.edition_result(edition, isbn_13, _work_of(edition, works))
    except (NotThere, RecordError):
        return _page(reply, isbn_13)
    others = [work for work in works if work.work_key != found.work_key]
    return {"count": 1 + len(others), "results": [asdict(each) for each in (found, *others)]}


def _work_of(edition: Any, works: list[SearchResult]) -> SearchResult | None:
    keys = normalise.work_keys(edition)
    return next((work for work in works if work.work_key in keys), None)


def _follow(path: str) -> dict[str, Any]:
    """The record at a path, or where it was redirected to."""
    for _ in range(MAX_REDIRECTS):
        document = _document(path)
        target = normalise.redirect_target(document)
        if target is None:
            return document
        path = target
    raise RecordError("key", f"is redirected more than {MAX_REDIRECTS - 1} times")


def _document(path: str) -> dict[str, Any]:
    kept = _kept("document", {"path": path}, lambda: _ask(f"{path}.json", None, patience=SAVE_PATIENCE))
    if not isinstance(kept.value, dict):
        raise RecordError("document", "is no JSON object")
    return kept.value


def _names(document: dict[str, Any], titled: dict[str, Any], deadline: float) -> dict[str, str]:
    """The authors' names by key, in the script of the title; one without a record is left out.

    A work of very many authors is not read in one go: what has been read is kept, and the next try gets further.
    """
    names = {}
    for key in normalise.author_keys(document):
        if time.monotonic() > deadline:
            raise TooFast("names so many authors that reading them takes longer; try again in a few seconds")
        try:
            name = normalise.author_name(_follow(f"/authors/{key}"), normalise.document_title(titled))
        except (NotThere, RecordError):
            continue
        if name:
            names[key] = name
    return names


def _kept(kind: str, parameters: dict[str, str], ask: Callable[[], Any]) -> Answer:
    return answer(json.dumps([settings.OPENLIBRARY_URL, kind, parameters], sort_keys=True), ask)


def _ask(path: str, parameters: dict[str, str] | None, *, patience: float) -> Any:
    """One call, when its turn has come; how it went is noted for those who ask next."""
    rate = RATE_WITH_CONTACT if settings.CONTACT else RATE
    wait = take_turn(a_second=rate, patience=patience)
    give_back_connection()
    time.sleep(wait)
    try:
        reply = _service().get(path, parameters)
    except Busy:
        raise
    except OpenLibraryError as error:
        note_failure(error)
        raise
    note_answer()
    return reply


_client = cache(Client)


def _service() -> Client:
    """One for each of the settings' places, which only tests change."""
    return _client(
        settings.OPENLIBRARY_URL,
        settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
        at_once=settings.OUTSIDE_AT_ONCE,
    )


def _found(kept: Answer) -> Found:
    results = tuple(SearchResult(**each) for each in kept.value["results"])
    return Found(count=kept.value["count"], results=results, age_seconds=kept.age_seconds, failure=kept.failure)
