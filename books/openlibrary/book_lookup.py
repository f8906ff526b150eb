"""Reads a work or an edition as a record for the catalogue."""

import time
from dataclasses import dataclass, replace
from typing import Any

from books.openlibrary import parsing
from books.openlibrary.documents import find_work_of, resolve
from books.openlibrary.errors import NotFound, RateLimited
from books.openlibrary.rows import find_row
from books.openlibrary.search_results import SearchResult
from books.records import AuthorRecord, BookRecord, RecordError

SAVE_SECONDS = 10.0  # after which a save stops reading authors


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBook:
    """`earlier_keys`: source keys that the book had before Open Library merged records."""

    record: BookRecord
    earlier_keys: tuple[str, ...] = ()


def fetch_work(key: str) -> FetchedBook:
    """Reads a work with its search row. Raises OpenLibraryError, or RecordError if the documents cannot be used."""
    deadline = time.monotonic() + SAVE_SECONDS
    work = resolve(f"/works/{key}", "work")
    row = find_row(work.key)
    authors = _find_authors(work.document, row, parsing.document_title(work.document), deadline)
    record = parsing.work_record(work.document, work.key, authors)
    return FetchedBook(record=_add_row(record, row), earlier_keys=work.earlier_keys)


def fetch_edition_by_isbn(isbn_13: str) -> FetchedBook:
    """Reads the edition of an ISBN and its work. Raises OpenLibraryError or RecordError."""
    return _fetch_edition(f"/isbn/{isbn_13}", isbn_13)


def fetch_edition(key: str) -> FetchedBook:
    """Reads an edition (OL…M) and its work. Raises OpenLibraryError or RecordError."""
    return _fetch_edition(f"/books/{key}", None)


def _fetch_edition(path: str, requested_isbn: str | None) -> FetchedBook:
    deadline = time.monotonic() + SAVE_SECONDS
    edition = resolve(path, "edition")
    work = find_work_of(edition.document)
    row = find_row(work.key) if work else None
    title = parsing.document_title(edition.document) or (parsing.document_title(work.document) if work else "")
    authors = _find_authors(edition.document, row, title, deadline)
    if work and not authors:
        authors = _find_authors(work.document, row, title, deadline)
    record = parsing.edition_record(
        edition.document,
        work.document if work else None,
        work.key if work else None,
        authors,
        requested_isbn=requested_isbn,
    )
    year = row.first_publish_year if row else None
    return FetchedBook(
        record=replace(record, first_publish_year=year or record.first_publish_year),
        earlier_keys=tuple(each for each in edition.earlier_keys if each.endswith("M")),
    )


def _add_row(record: BookRecord, row: SearchResult | None) -> BookRecord:
    """Adds the values of the search row, so that a saved book has the same values as its search result."""
    if row is None:
        return record
    return replace(
        record,
        first_publish_year=row.first_publish_year or record.first_publish_year,
        subtitle=record.subtitle or row.subtitle,
        languages=row.languages,
        cover_url=parsing.cover_url(row.cover_id) or record.cover_url,
    )


def _find_authors(
    document: dict[str, Any], row: SearchResult | None, title: str, deadline: float
) -> tuple[AuthorRecord, ...]:
    """The authors that the document names, each once, by the key after redirects; else those of the row.

    The row contains most names, so a work with thirty authors needs no further request.
    """
    names = dict(zip(row.author_keys, row.authors, strict=True)) if row and row.author_keys else {}
    listed = parsing.author_keys(document)
    authors: dict[str, AuthorRecord] = {}
    for key in listed or names:
        author = AuthorRecord(key, names[key]) if key in names else _fetch_author(key, title, deadline)
        if author:
            authors.setdefault(author.key, AuthorRecord(author.key, names.get(author.key, author.name)))
    return tuple(authors.values()) or parsing.named_authors(document)


def _fetch_author(key: str, title: str, deadline: float) -> AuthorRecord | None:
    """The author with the name in the script of the title; None without a usable record.

    Raises RateLimited after the deadline. The documents read so far are cached, so that a retry gets further.
    """
    if time.monotonic() > deadline:
        raise RateLimited("lists more authors than can be read at once; try again in a few seconds")
    try:
        author = resolve(f"/authors/{key}", "author")
        name = parsing.author_name(author.document, title)
    except (NotFound, RecordError):
        return None
    return AuthorRecord(author.key, name) if name else None
