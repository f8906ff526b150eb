"""Converts Open Library's documents to records. Pure functions that raise nothing but RecordError.

Missing and malformed values are left out; only a document without a key or a title is rejected.
"""

import re
from collections.abc import Iterable
from typing import Any

from books.openlibrary.values import (
    clean_text,
    list_items,
    main_script,
    parse_integer,
    parse_isbns,
    parse_key,
    parse_language,
    parse_year,
)
from books.records import AuthorRecord, BookRecord, RecordError

SOURCE = "open_library"
COVER = "https://covers.openlibrary.org/b/id/{}-{}.jpg"
MAX_AUTHORS, MAX_LANGUAGES = 50, 100
RECORD_PATH = re.compile(r"/(?:works|books|authors)/OL[1-9][0-9]{0,19}[WMA]")
Authors = tuple[AuthorRecord, ...]


def work_record(work: Any, key: str, authors: Authors) -> BookRecord:
    """A work. `key` is its key after redirects."""
    work = require_document(work)
    return BookRecord(
        source=SOURCE,
        source_key=key,
        work_key=key,
        title=title_of(work),
        subtitle=subtitle_of(work),
        first_publish_year=parse_year(work.get("first_publish_date")),
        description=clean_text(work.get("description"), "description"),
        cover_url=cover_url(cover_of(work)),
        authors=authors,
    )


def edition_record(
    edition: Any, work: Any, work_key: str | None, authors: Authors, *, requested_isbn: str | None = None
) -> BookRecord:
    """An edition. The first publication year comes from its work; other missing values do as well."""
    edition, work = require_document(edition), require_document(work or {})
    own = edition_isbns(edition)
    if requested_isbn is not None and requested_isbn not in own:
        raise RecordError("isbn_13", f"the edition does not have {requested_isbn}")
    titled = edition if document_title(edition) else work
    return BookRecord(
        source=SOURCE,
        source_key=require_key(edition, "M"),
        work_key=work_key,
        isbn_13=requested_isbn or (own[0] if len(own) == 1 else None),
        title=title_of(titled),
        subtitle=subtitle_of(titled),
        first_publish_year=parse_year(work.get("first_publish_date")),
        description=clean_text(edition.get("description"), "description")
        or clean_text(work.get("description"), "description"),
        cover_url=cover_url(cover_of(edition) or cover_of(work)),
        authors=authors,
        languages=languages_of(edition.get("languages")),
    )


def author_name(author: Any, title: str) -> str | None:
    """The author's name in the script of the title if the record has one, else the usual name."""
    author = require_document(author)
    spellings = [author.get("name"), author.get("personal_name"), *list_items(author.get("alternate_names"))]
    names = [name for name in (clean_text(each, "author") for each in spellings) if name]
    return next((name for name in names if main_script(name) == main_script(title)), names[0] if names else None)


def named_authors(edition: Any) -> Authors:
    """The authors that an edition names without a record of their own: `{"name"}`."""
    entries = list_items(require_document(edition).get("authors"))
    stated = (entry.get("name") for entry in entries if isinstance(entry, dict) and not _author_key(entry))
    names = (clean_text(each, "author") for each in stated)
    records = (AuthorRecord.identified_by_name(name) for name in names if name)
    return tuple({record.key: record for record in records}.values())[:MAX_AUTHORS]


def author_keys(document: Any) -> tuple[str, ...]:
    """The keys in a work (`{"author": {"key"}}`), an edition (`{"key"}`) or an older record (strings), deduplicated."""
    keys = (parse_key(_author_key(entry), "A") for entry in list_items(require_document(document).get("authors")))
    return tuple(dict.fromkeys(key for key in keys if key))[:MAX_AUTHORS]


def work_keys(edition: Any) -> tuple[str, ...]:
    entries = list_items(require_document(edition).get("works"))
    keys = (parse_key(entry.get("key") if isinstance(entry, dict) else entry, "W") for entry in entries)
    return tuple(key for key in keys if key)


def redirect_target(document: Any) -> str | None:
    """The path that a redirect record names, such as `/works/OL45804W`. Other records may have a `location` as well."""
    location = require_document(document).get("location")
    if document_type(document) != "/type/redirect":
        return None
    if not (isinstance(location, str) and RECORD_PATH.fullmatch(location)):
        raise RecordError("location", "is not the path of an Open Library record")
    return location


def check_type(document: Any, kind: str) -> None:
    """`kind` is work, edition or author. Raises RecordError for a record of another type; some state none."""
    stated = document_type(document)
    if stated == "/type/delete":
        raise RecordError("type", "the record was deleted")
    if isinstance(stated, str) and stated != f"/type/{kind}":
        raise RecordError("type", f"the record is not of the type {kind}")


def document_type(document: Any) -> Any:
    kind = require_document(document).get("type")
    return kind.get("key") if isinstance(kind, dict) else kind


def document_title(document: Any) -> str:
    return clean_text(require_document(document).get("title"), "title") or ""


def require_document(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordError("document", "is not a JSON object")
    return value


def require_key(document: dict[str, Any], letter: str) -> str:
    key = parse_key(document.get("key"), letter)
    if key is None:
        raise RecordError("key", f"is not an OL…{letter} key")
    return key


def title_of(document: dict[str, Any]) -> str:
    prefix = clean_text(document.get("title_prefix"), "title")
    title = clean_text(document.get("title"), "title")
    if title is None:
        raise RecordError("title", "is missing")
    return clean_text(f"{prefix} {title}" if prefix else title, "title") or title


def subtitle_of(document: dict[str, Any]) -> str | None:
    return clean_text(document.get("subtitle"), "subtitle")


def edition_isbns(edition: dict[str, Any]) -> list[str]:
    return parse_isbns([*list_items(edition.get("isbn_13")), *list_items(edition.get("isbn_10"))])


def languages_of(value: Any) -> tuple[str, ...]:
    codes = (parse_language(each.get("key") if isinstance(each, dict) else each) for each in list_items(value))
    return tuple(dict.fromkeys(code for code in codes if code))[:MAX_LANGUAGES]


def cover_id(ids: Iterable[Any]) -> int | None:
    return next((number for number in map(parse_integer, ids) if number and number > 0), None)


def cover_of(document: dict[str, Any]) -> int | None:
    return cover_id(list_items(document.get("covers")))


def cover_url(number: int | None) -> str | None:
    return COVER.format(number, "L") if number else None


def _author_key(entry: Any) -> Any:
    author = entry.get("author", entry) if isinstance(entry, dict) else entry
    return author.get("key") if isinstance(author, dict) else author
