"""Converts Open Library's documents to records. Pure functions that raise nothing but RecordError.

Missing and malformed values are left out; only a document without a key or a title is rejected.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from books.openlibrary.values import (
    clean_text,
    list_items,
    main_script,
    names_in_script,
    parse_count,
    parse_integer,
    parse_isbns,
    parse_key,
    parse_language,
    parse_year,
)
from books.records import MIN_YEAR, AuthorRecord, BookRecord, RecordError

SOURCE = "open_library"
COVER = "https://covers.openlibrary.org/b/id/{}-{}.jpg"
MAX_AUTHORS, MAX_LANGUAGES = 50, 100
RECORD_PATH = re.compile(r"/(?:works|books|authors)/OL[1-9][0-9]{0,19}[WMA]")
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A work in a search result; `isbn_13` only if it is certain to belong to this row."""

    work_key: str | None
    title: str
    authors: tuple[str, ...] = ()
    first_publish_year: int | None = None
    languages: tuple[str, ...] = ()
    edition_count: int | None = None
    isbn_13: str | None = None
    cover_id: int | None = None


def search_result(doc: Any, *, requested_isbn: str | None = None) -> SearchResult:
    """A row of search.json. A requested ISBN belongs to the row if the row lists it.

    Otherwise the listed ISBNs belong to the work's editions, unless there is one edition with one ISBN.
    """
    doc = _document(doc)
    edition = next(iter(_editions(doc, requested_isbn)), {})
    listed_isbns = parse_isbns(doc.get("isbn"))
    only_isbn = listed_isbns[0] if len(listed_isbns) == 1 and parse_integer(doc.get("edition_count")) == 1 else None
    title = clean_text(edition.get("title"), "title") or clean_text(doc.get("title"), "title")
    if title is None:
        raise RecordError("title", "is missing")
    return SearchResult(
        work_key=parse_key(doc.get("key"), "W"),
        title=title,
        authors=_author_names(doc, title),
        first_publish_year=_year(doc.get("first_publish_year")),
        languages=_languages(edition.get("language") or doc.get("language")),
        edition_count=parse_count(doc.get("edition_count")),
        isbn_13=requested_isbn if requested_isbn in listed_isbns else only_isbn,
        cover_id=_cover([edition.get("cover_i"), doc.get("cover_i")]),
    )


def result_count(body: Any) -> int:
    """The number of works that search.json states; 0 if it states none that is possible."""
    counts = (parse_count(_document(body).get(name)) for name in ("numFound", "num_found"))
    return next((count for count in counts if count is not None), 0)


def edition_result(edition: Any, requested_isbn: str, work: SearchResult | None) -> SearchResult:
    """The edition of an ISBN, completed by its work. Raises RecordError if the edition does not have the ISBN."""
    edition = _document(edition)
    if requested_isbn not in _edition_isbns(edition):
        raise RecordError("isbn_13", f"the edition does not have {requested_isbn}")
    key = next(iter(work_keys(edition)), None)
    return SearchResult(
        work_key=key,
        title=_title(edition),
        authors=work.authors if work else (),
        first_publish_year=work.first_publish_year if work else None,
        languages=_languages(edition.get("languages")) or (work.languages if work else ()),
        edition_count=work.edition_count if work else None,
        isbn_13=requested_isbn,
        cover_id=_cover(list_items(edition.get("covers"))) or (work.cover_id if work else None),
    )


def work_record(work: Any, names: Names) -> BookRecord:
    """A work. `names` maps author keys to names, as `author_name` returns them."""
    work = _document(work)
    key = _key(work, "W")
    title = _title(work)
    return BookRecord(
        source=SOURCE,
        source_key=key,
        work_key=key,
        title=title,
        first_publish_year=parse_year(work.get("first_publish_date")),
        description=clean_text(work.get("description"), "description"),
        cover_url=_cover_url(work),
        authors=_authors(work, names),
    )


def edition_record(edition: Any, work: Any, names: Names, *, requested_isbn: str | None = None) -> BookRecord:
    """An edition. The first publication year comes from its work; other missing values do as well."""
    edition, work = _document(edition), _document(work or {})
    own = _edition_isbns(edition)
    if requested_isbn is not None and requested_isbn not in own:
        raise RecordError("isbn_13", f"the edition does not have {requested_isbn}")
    return BookRecord(
        source=SOURCE,
        source_key=_key(edition, "M"),
        work_key=next(iter(work_keys(edition)), None),
        isbn_13=requested_isbn or (own[0] if len(own) == 1 else None),
        title=_title(edition),
        first_publish_year=parse_year(work.get("first_publish_date")),
        description=clean_text(edition.get("description"), "description")
        or clean_text(work.get("description"), "description"),
        cover_url=_cover_url(edition) or _cover_url(work),
        authors=_authors(edition, names) or _authors(work, names),
        languages=_languages(edition.get("languages")),
    )


def author_name(author: Any, title: str) -> str | None:
    """The author's name in the script of the title if the record has one, else the usual name."""
    author = _document(author)
    spellings = [author.get("name"), author.get("personal_name"), *list_items(author.get("alternate_names"))]
    names = [name for name in (clean_text(each, "author") for each in spellings) if name]
    return next((name for name in names if main_script(name) == main_script(title)), names[0] if names else None)


def author_keys(document: Any) -> tuple[str, ...]:
    """The keys in a work (`{"author": {"key"}}`), an edition (`{"key"}`) or an older record (strings), deduplicated."""
    keys = (parse_key(_author_key(entry), "A") for entry in list_items(_document(document).get("authors")))
    return tuple(dict.fromkeys(key for key in keys if key))[:MAX_AUTHORS]


def work_keys(edition: Any) -> tuple[str, ...]:
    entries = list_items(_document(edition).get("works"))
    keys = (parse_key(entry.get("key") if isinstance(entry, dict) else entry, "W") for entry in entries)
    return tuple(key for key in keys if key)


def redirect_target(document: Any) -> str | None:
    """The path that a redirect record names, such as `/works/OL45804W`. Other records may have a `location` as well."""
    document = _document(document)
    kind = document.get("type")
    kind = kind.get("key") if isinstance(kind, dict) else kind
    location = document.get("location")
    if kind != "/type/redirect":
        return None
    if not (isinstance(location, str) and RECORD_PATH.fullmatch(location)):
        raise RecordError("location", "is not the path of an Open Library record")
    return location


def document_title(document: Any) -> str:
    return clean_text(_document(document).get("title"), "title") or ""


def _document(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordError("document", "is not a JSON object")
    return value


def _key(document: dict[str, Any], letter: str) -> str:
    key = parse_key(document.get("key"), letter)
    if key is None:
        raise RecordError("key", f"is not an OL…{letter} key")
    return key


def _title(document: dict[str, Any]) -> str:
    prefix = clean_text(document.get("title_prefix"), "title")
    title = clean_text(document.get("title"), "title")
    if title is None:
        raise RecordError("title", "is missing")
    return clean_text(f"{prefix} {title}" if prefix else title, "title") or title


def _editions(doc: dict[str, Any], requested_isbn: str | None) -> Iterator[dict[str, Any]]:
    """The editions of a row that have the requested ISBN."""
    nested = doc.get("editions")
    for edition in list_items(nested.get("docs")) if isinstance(nested, dict) and requested_isbn else []:
        if isinstance(edition, dict) and requested_isbn in parse_isbns(edition.get("isbn")):
            yield edition


def _edition_isbns(edition: dict[str, Any]) -> list[str]:
    return parse_isbns([*list_items(edition.get("isbn_13")), *list_items(edition.get("isbn_10"))])


def _author_names(doc: dict[str, Any], title: str) -> tuple[str, ...]:
    """Prefers names in the script of the title, because a row lists an author with names in two scripts twice."""
    names = [name for name in (clean_text(each, "author") for each in list_items(doc.get("author_name"))) if name]
    return tuple(dict.fromkeys(names_in_script(main_script(title), names) or names))[:MAX_AUTHORS]


def _authors(document: dict[str, Any], names: Names) -> tuple[AuthorRecord, ...]:
    return tuple(AuthorRecord(key, names[key]) for key in author_keys(document) if key in names)


def _author_key(entry: Any) -> Any:
    author = entry.get("author", entry) if isinstance(entry, dict) else entry
    return author.get("key") if isinstance(author, dict) else author


def _languages(value: Any) -> tuple[str, ...]:
    codes = (parse_language(each.get("key") if isinstance(each, dict) else each) for each in list_items(value))
    return tuple(dict.fromkeys(code for code in codes if code))[:MAX_LANGUAGES]


def _year(value: Any) -> int | None:
    number = parse_integer(value)
    return number if number and MIN_YEAR <= number <= 2100 else None


def _cover(ids: Iterable[Any]) -> int | None:
    return next((number for number in map(parse_integer, ids) if number and number > 0), None)


def _cover_url(document: dict[str, Any]) -> str | None:
    number = _cover(list_items(document.get("covers")))
    return COVER.format(number, "L") if number else None
