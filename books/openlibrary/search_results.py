"""Converts rows of Open Library's search to results. Pure functions that raise nothing but RecordError."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from books.openlibrary.parsing import (
    cover_id,
    cover_of,
    document_title,
    edition_isbns,
    languages_of,
    require_document,
    subtitle_of,
    title_of,
)
from books.openlibrary.values import (
    clean_text,
    list_items,
    main_script,
    names_in_script,
    parse_count,
    parse_integer,
    parse_isbns,
    parse_key,
    parse_publish_year,
)
from books.records import RecordError

MAX_AUTHORS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A work in a search result; `isbn_13` only if it is certain to belong to this row.

    `author_keys` are the keys of `authors` in the same order, or empty if it is unknown which name has which key.
    """

    work_key: str | None
    title: str
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    author_keys: tuple[str, ...] = ()
    first_publish_year: int | None = None
    languages: tuple[str, ...] = ()
    edition_count: int | None = None
    isbn_13: str | None = None
    cover_id: int | None = None


def search_result(doc: Any, *, requested_isbn: str | None = None) -> SearchResult:
    """A row of search.json. A requested ISBN belongs to the row if the row names an edition with it.

    The other ISBNs belong to the work's editions, unless there is one edition with one ISBN.
    """
    doc = require_document(doc)
    edition = find_edition(doc, requested_isbn)
    listed_isbns = parse_isbns(doc.get("isbn"))
    only_isbn = listed_isbns[0] if len(listed_isbns) == 1 and parse_integer(doc.get("edition_count")) == 1 else None
    titled = edition if clean_text(edition.get("title"), "title") else doc
    title = title_of(titled)
    names, keys = _authors(doc, title)
    return SearchResult(
        work_key=parse_key(doc.get("key"), "W"),
        title=title,
        subtitle=subtitle_of(titled),
        authors=names,
        author_keys=keys,
        first_publish_year=parse_publish_year(doc.get("first_publish_year")),
        languages=languages_of(edition.get("language") or doc.get("language")),
        edition_count=parse_count(doc.get("edition_count")),
        isbn_13=requested_isbn if edition else only_isbn,
        cover_id=cover_id([edition.get("cover_i"), doc.get("cover_i")]),
    )


def result_count(body: Any) -> int:
    """The number of works that search.json states; 0 if it states none that is possible."""
    counts = (parse_count(require_document(body).get(name)) for name in ("numFound", "num_found"))
    return next((count for count in counts if count is not None), 0)


def find_edition(doc: dict[str, Any], requested_isbn: str | None) -> dict[str, Any]:
    """The edition of a row that has the requested ISBN; empty without one."""
    return next(_editions(doc, requested_isbn), {}) if requested_isbn else {}


def work_result(work: Any, key: str) -> SearchResult:
    """A work that the search does not know yet, from its record. `key` is its key after redirects."""
    work = require_document(work)
    return SearchResult(work_key=key, title=title_of(work), subtitle=subtitle_of(work), cover_id=cover_of(work))


def edition_result(edition: Any, work: SearchResult | None, *, isbn_13: str | None) -> SearchResult:
    """An edition, completed by its work. `isbn_13` is the requested one.

    Raises RecordError if the edition does not have the ISBN, or if neither the edition nor the work has a title.
    """
    edition = require_document(edition)
    own = edition_isbns(edition)
    if isbn_13 and isbn_13 not in own:
        raise RecordError("isbn_13", f"the edition does not have {isbn_13}")
    work = work or SearchResult(work_key=None, title="")
    is_titled = bool(document_title(edition)) or not work.title
    return replace(
        work,
        title=title_of(edition) if is_titled else work.title,
        subtitle=subtitle_of(edition) if is_titled else work.subtitle,
        languages=languages_of(edition.get("languages")) or work.languages,
        isbn_13=isbn_13 or (own[0] if len(own) == 1 else None),
        cover_id=cover_of(edition) or work.cover_id,
    )


def _editions(doc: dict[str, Any], requested_isbn: str) -> Iterator[dict[str, Any]]:
    nested = doc.get("editions")
    for edition in list_items(nested.get("docs")) if isinstance(nested, dict) else []:
        if isinstance(edition, dict) and requested_isbn in parse_isbns(edition.get("isbn")):
            yield edition


def _authors(doc: dict[str, Any], title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The authors' names and their keys.

    A row without keys, or with one key, may list an author with names in several scripts: then those in the script of
    the title are meant.
    """
    names = [name for name in (clean_text(each, "author") for each in list_items(doc.get("author_name"))) if name]
    keys = [key for key in (parse_key(each, "A") for each in list_items(doc.get("author_key"))) if key]
    in_script = names_in_script(main_script(title), names) or names
    if names and len(keys) == len(names):
        unique = dict(zip(keys[:MAX_AUTHORS], names, strict=False))
        return tuple(unique.values()), tuple(unique)
    if names and len(keys) == 1:
        return (in_script[0],), (keys[0],)
    return tuple(dict.fromkeys(in_script))[:MAX_AUTHORS], ()
