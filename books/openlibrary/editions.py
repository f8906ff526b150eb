"""Reads many editions or works with one request.

Editions: `/api/books?bibkeys=` (https://openlibrary.org/dev/docs/api/books). Works: a search for their keys.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from books.openlibrary import parsing
from books.openlibrary.errors import Unreachable
from books.openlibrary.rows import FIELDS
from books.openlibrary.search_results import search_result
from books.openlibrary.service import SAVE_MAX_WAIT, request_json, request_search
from books.openlibrary.values import clean_text, list_items
from books.records import RecordError

MAX_KEYS = 100  # of a request


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDetails:
    """What Open Library states about an edition or a work. `authors` are names."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    work_key: str | None = None
    cover_url: str | None = None
    languages: tuple[str, ...] = ()
    first_publish_year: int | None = None


def fetch_editions(bibkeys: Collection[str]) -> dict[str, EditionDetails]:
    """The editions that Open Library has, by key (`ISBN:9780140447934`, `OLID:OL7353617M`).

    At most MAX_KEYS keys. Raises OpenLibraryError.
    """
    parameters = {"bibkeys": ",".join(bibkeys), "jscmd": "details", "format": "json"}
    body = request_json("/api/books", parameters, max_wait=SAVE_MAX_WAIT)
    if not isinstance(body, dict):
        raise Unreachable("sent a response of an unexpected shape", can_retry=True)
    return {key: read_details(body[key]) for key in bibkeys if isinstance(body.get(key), dict)}


def read_details(entry: dict[str, Any]) -> EditionDetails:
    """Values that are missing or malformed are left out."""
    try:
        edition = parsing.require_document(entry.get("details"))
    except RecordError:
        return EditionDetails()
    names = [each.get("name") for each in list_items(edition.get("authors")) if isinstance(each, dict)]
    return EditionDetails(
        title=parsing.document_title(edition) or None,
        authors=tuple(dict.fromkeys(name for name in (clean_text(each, "author") for each in names) if name)),
        work_key=next(iter(parsing.work_keys(edition)), None),
        cover_url=parsing.cover_url(parsing.cover_of(edition)),
        languages=parsing.languages_of(edition.get("languages")),
    )


def fetch_works(keys: Collection[str]) -> dict[str, EditionDetails]:
    """The works that the search finds, by key (`OL45804W`). At most MAX_KEYS keys. Raises OpenLibraryError."""
    query = " OR ".join(f'"/works/{key}"' for key in keys)
    parameters = {"q": f"key:({query})", "fields": FIELDS, "limit": str(len(keys))}
    found = {}
    for doc in request_search(parameters, max_wait=SAVE_MAX_WAIT)["docs"]:
        details = read_search_row(doc)
        if details and details.work_key and details.work_key in keys:
            found[details.work_key] = details
    return found


def read_search_row(doc: Any) -> EditionDetails | None:
    try:
        row = search_result(doc)
    except RecordError:
        return None
    return EditionDetails(
        title=row.title,
        authors=tuple(row.authors),
        work_key=row.work_key,
        cover_url=parsing.cover_url(row.cover_id),
        languages=tuple(row.languages),
        first_publish_year=row.first_publish_year,
    )
