"""Reads many editions or works with one or two requests.

Editions: `/api/books?bibkeys=` (https://openlibrary.org/dev/docs/api/books). Works: a search for their keys.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from books.openlibrary import parsing
from books.openlibrary.errors import Unreachable
from books.openlibrary.rows import FIELDS
from books.openlibrary.search_results import SearchResult, search_result
from books.openlibrary.service import SAVE_MAX_WAIT, request_json, request_search
from books.openlibrary.values import clean_text, list_items, parse_key
from books.records import AuthorRecord, BookRecord, RecordError

MAX_KEYS = 100  # of a request
ISBN_KEY = "ISBN:"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionDetails:
    """What Open Library states about an edition or a work. `authors` are names, `isbns` those of the edition.

    `record` is the row of the catalogue that a reader gets who saves the edition or the work, without the description
    of the work. None if the statements do not suffice for one, or if the edition does not have the requested ISBN.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    work_key: str | None = None
    cover_url: str | None = None
    languages: tuple[str, ...] = ()
    first_publish_year: int | None = None
    isbns: tuple[str, ...] = ()
    record: BookRecord | None = None


def fetch_editions(bibkeys: Collection[str]) -> dict[str, EditionDetails]:
    """The editions that Open Library has, by key (`ISBN:9780140447934`, `OLID:OL7353617M`), with their works' data.

    At most MAX_KEYS keys. Raises OpenLibraryError.
    """
    parameters = {"bibkeys": ",".join(bibkeys), "jscmd": "details", "format": "json"}
    body = request_json("/api/books", parameters, max_wait=SAVE_MAX_WAIT)
    if not isinstance(body, dict):
        raise Unreachable("sent a response of an unexpected shape", can_retry=True)
    entries = {key: body[key].get("details") for key in bibkeys if isinstance(body.get(key), dict)}
    editions = {key: entry for key, entry in entries.items() if isinstance(entry, dict)}
    works = [parsing.work_keys(edition)[:1] for edition in editions.values()]
    rows = fetch_rows({key for keys in works for key in keys})
    return {key: read_edition(edition, rows, bibkey=key) for key, edition in editions.items()}


def fetch_works(keys: Collection[str]) -> dict[str, EditionDetails]:
    """The works that the search finds, by key (`OL45804W`). At most MAX_KEYS keys. Raises OpenLibraryError."""
    return {key: read_work(row) for key, row in fetch_rows(keys).items()}


def fetch_rows(keys: Collection[str]) -> dict[str, SearchResult]:
    """The search rows of works. Without keys, no request is sent."""
    if not keys:
        return {}
    query = " OR ".join(f'"/works/{key}"' for key in keys)
    parameters = {"q": f"key:({query})", "fields": FIELDS, "limit": str(len(keys))}
    docs = request_search(parameters, max_wait=SAVE_MAX_WAIT)["docs"]
    rows = [row for row in map(_read_row, docs) if row and row.work_key in keys]
    return {row.work_key: row for row in reversed(rows) if row.work_key}


def _read_row(doc: Any) -> SearchResult | None:
    try:
        return search_result(doc)
    except RecordError:
        return None


def read_edition(edition: dict[str, Any], rows: dict[str, SearchResult], *, bibkey: str) -> EditionDetails:
    """Values that are missing or malformed are left out."""
    work_key = next(iter(parsing.work_keys(edition)), None)
    row = rows.get(work_key or "")
    authors = _find_authors(edition, row)
    isbn = bibkey.removeprefix(ISBN_KEY) if bibkey.startswith(ISBN_KEY) else None
    return EditionDetails(
        title=parsing.document_title(edition) or None,
        authors=tuple(author.name for author in authors),
        work_key=work_key,
        cover_url=parsing.cover_url(parsing.cover_of(edition)),
        languages=parsing.languages_of(edition.get("languages")),
        first_publish_year=row.first_publish_year if row else None,
        isbns=tuple(parsing.edition_isbns(edition)),
        record=_build_edition_record(edition, row, work_key, authors, isbn),
    )


def _build_edition_record(
    edition: dict[str, Any],
    row: SearchResult | None,
    work_key: str | None,
    authors: tuple[AuthorRecord, ...],
    isbn: str | None,
) -> BookRecord | None:
    try:
        record = parsing.edition_record(edition, None, work_key, authors, requested_isbn=isbn)
    except RecordError:
        return None
    cover_url = record.cover_url or (parsing.cover_url(row.cover_id) if row else None)
    return replace(record, cover_url=cover_url, first_publish_year=row.first_publish_year if row else None)


def _find_authors(edition: dict[str, Any], row: SearchResult | None) -> tuple[AuthorRecord, ...]:
    """The authors of the edition with their keys, else those of its work. Names in the row are those of the title."""
    names = dict(zip(row.author_keys, row.authors, strict=True)) if row and row.author_keys else {}
    entries = [each for each in list_items(edition.get("authors")) if isinstance(each, dict)]
    stated = {parse_key(each.get("key"), "A"): each.get("name") for each in entries}
    found = {key: names.get(key) or clean_text(stated.get(key), "author") for key in parsing.author_keys(edition)}
    records = [AuthorRecord(key, name) for key, name in (found if any(found.values()) else names).items() if name]
    return tuple(records) or parsing.named_authors(edition)


def read_work(row: SearchResult) -> EditionDetails:
    keys = row.author_keys or [None] * len(row.authors)
    authors = [
        AuthorRecord(key, name) if key else AuthorRecord.identified_by_name(name)
        for key, name in zip(keys, row.authors, strict=True)
    ]
    details = EditionDetails(
        title=row.title,
        authors=row.authors,
        work_key=row.work_key,
        cover_url=parsing.cover_url(row.cover_id),
        languages=row.languages,
        first_publish_year=row.first_publish_year,
    )
    return replace(details, record=_build_work_record(details, row, authors))


def _build_work_record(details: EditionDetails, row: SearchResult, authors: list[AuthorRecord]) -> BookRecord | None:
    try:
        return BookRecord(
            source=parsing.SOURCE,
            source_key=row.work_key or "",
            work_key=row.work_key,
            title=row.title,
            subtitle=row.subtitle,
            first_publish_year=row.first_publish_year,
            languages=row.languages,
            cover_url=details.cover_url,
            authors=tuple({author.key: author for author in authors}.values()),
        )
    except RecordError:
        return None
