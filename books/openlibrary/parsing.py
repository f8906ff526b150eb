"""Open Library's documents, irregular as they are, become records. Pure, and total: RecordError is all that they raise.

Whatever a document lacks or garbles is left out. Only a record without a key or a title is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from books.openlibrary.values import certain_year, clean, identifier, isbns, items, language, of_script, script, whole
from books.records import MIN_YEAR, AuthorRecord, BookRecord, RecordError

SOURCE = "open_library"
COVER = "https://covers.openlibrary.org/b/id/{}-{}.jpg"
MAX_AUTHORS = 50
RECORD = re.compile(r"/(?:works|books|authors)/OL[1-9][0-9]{0,19}[WMA]")
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A work found by a search; `isbn_13` only where it is certain that it is this row's own."""

    work_key: str | None
    title: str
    authors: tuple[str, ...] = ()
    first_publish_year: int | None = None
    languages: tuple[str, ...] = ()
    edition_count: int | None = None
    isbn_13: str | None = None
    cover_id: int | None = None


def search_result(doc: Any, *, asked_isbn: str | None = None) -> SearchResult:
    """A row of search.json. An ISBN that was asked for is the row's own where the row lists it: it found the row.

    Of the many editions' ISBNs in a row none is the work's own, unless there is one edition and one ISBN.
    """
    doc = _document(doc)
    edition = next(iter(_editions(doc, asked_isbn)), {})
    listed = isbns(doc.get("isbn"))
    only = listed[0] if len(listed) == 1 and whole(doc.get("edition_count")) == 1 else None
    title = clean(edition.get("title"), "title") or clean(doc.get("title"), "title")
    if title is None:
        raise RecordError("title", "is missing")
    return SearchResult(
        work_key=identifier(doc.get("key"), "W"),
        title=title,
        authors=_names_of(doc, title),
        first_publish_year=_year(doc.get("first_publish_year")),
        languages=_languages(edition.get("language") or doc.get("language")),
        edition_count=whole(doc.get("edition_count")),
        isbn_13=asked_isbn if asked_isbn in listed else only,
        cover_id=_cover([edition.get("cover_i"), doc.get("cover_i")]),
    )


def edition_result(edition: Any, asked_isbn: str, work: SearchResult | None) -> SearchResult:
    """The very edition of an ISBN, with what its work adds. Raises RecordError where it is not that edition."""
    edition = _document(edition)
    if asked_isbn not in _edition_isbns(edition):
        raise RecordError("isbn_13", f"the edition does not have {asked_isbn}")
    key = next(iter(work_keys(edition)), None)
    return SearchResult(
        work_key=key,
        title=_title(edition),
        authors=work.authors if work else (),
        first_publish_year=work.first_publish_year if work else None,
        languages=_languages(edition.get("languages")) or (work.languages if work else ()),
        edition_count=work.edition_count if work else None,
        isbn_13=asked_isbn,
        cover_id=_cover(items(edition.get("covers"))) or (work.cover_id if work else None),
    )


def work_record(work: Any, names: Names) -> BookRecord:
    """A work; `names` are its authors' by key, as `author_name` gives them."""
    work = _document(work)
    key = _key(work, "W")
    title = _title(work)
    return BookRecord(
        source=SOURCE,
        source_key=key,
        work_key=key,
        title=title,
        first_publish_year=certain_year(work.get("first_publish_date")),
        description=clean(work.get("description"), "description"),
        cover_url=_cover_url(work),
        authors=_authors(work, names),
    )


def edition_record(edition: Any, work: Any, names: Names, *, asked_isbn: str | None = None) -> BookRecord:
    """An edition; what only its work says, such as when it first came out, is the work's."""
    edition, work = _document(edition), _document(work or {})
    own = _edition_isbns(edition)
    if asked_isbn is not None and asked_isbn not in own:
        raise RecordError("isbn_13", f"the edition does not have {asked_isbn}")
    return BookRecord(
        source=SOURCE,
        source_key=_key(edition, "M"),
        work_key=next(iter(work_keys(edition)), None),
        isbn_13=asked_isbn or (own[0] if len(own) == 1 else None),
        title=_title(edition),
        first_publish_year=certain_year(work.get("first_publish_date")),
        description=clean(edition.get("description"), "description") or clean(work.get("description"), "description"),
        cover_url=_cover_url(edition) or _cover_url(work),
        authors=_authors(edition, names) or _authors(work, names),
        languages=_languages(edition.get("languages")),
    )


def author_name(author: Any, title: str) -> str | None:
    """The name in the script of the work's title, where the author's record has one; else their usual name."""
    author = _document(author)
    spelled = [author.get("name"), author.get("personal_name"), *items(author.get("alternate_names"))]
    names = [name for name in (clean(each, "author") for each in spelled) if name]
    return next((name for name in names if script(name) == script(title)), names[0] if names else None)


def author_keys(document: Any) -> tuple[str, ...]:
    """Of a work (`{"author": {"key"}}`), an edition (`{"key"}`) or an older record (a bare string), each once."""
    keys = (identifier(_author_key(entry), "A") for entry in items(_document(document).get("authors")))
    return tuple(dict.fromkeys(key for key in keys if key))[:MAX_AUTHORS]


def work_keys(edition: Any) -> tuple[str, ...]:
    entries = items(_document(edition).get("works"))
    keys = (identifier(entry.get("key") if isinstance(entry, dict) else entry, "W") for entry in entries)
    return tuple(key for key in keys if key)


def redirect_target(document: Any) -> str | None:
    """Where a record went, such as `/works/OL45804W`; a living record's stray `location` is none of it."""
    document = _document(document)
    kind = document.get("type")
    kind = kind.get("key") if isinstance(kind, dict) else kind
    location = document.get("location")
    if kind != "/type/redirect":
        return None
    if not (isinstance(location, str) and RECORD.fullmatch(location)):
        raise RecordError("location", "is no record of Open Library's")
    return location


def document_title(document: Any) -> str:
    return clean(_document(document).get("title"), "title") or ""


def _document(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordError("document", "is no JSON object")
    return value


def _key(document: dict[str, Any], letter: str) -> str:
    key = identifier(document.get("key"), letter)
    if key is None:
        raise RecordError("key", f"is no OL…{letter}")
    return key


def _title(document: dict[str, Any]) -> str:
    prefix = clean(document.get("title_prefix"), "title")
    title = clean(document.get("title"), "title")
    if title is None:
        raise RecordError("title", "is missing")
    return clean(f"{prefix} {title}" if prefix else title, "title") or title


def _editions(doc: dict[str, Any], asked_isbn: str | None) -> Iterator[dict[str, Any]]:
    """The editions in a row that have the ISBN that was asked for."""
    nested = doc.get("editions")
    for edition in items(nested.get("docs")) if isinstance(nested, dict) and asked_isbn else []:
        if isinstance(edition, dict) and asked_isbn in isbns(edition.get("isbn")):
            yield edition


def _edition_isbns(edition: dict[str, Any]) -> list[str]:
    return isbns([*items(edition.get("isbn_13")), *items(edition.get("isbn_10"))])


def _names_of(doc: dict[str, Any], title: str) -> tuple[str, ...]:
    """A row names an author who wrote in two scripts twice: the names in the title's script stand for both."""
    names = [name for name in (clean(each, "author") for each in items(doc.get("author_name"))) if name]
    return tuple(dict.fromkeys(of_script(script(title), names) or names))[:MAX_AUTHORS]


def _authors(document: dict[str, Any], names: Names) -> tuple[AuthorRecord, ...]:
    return tuple(AuthorRecord(key, names[key]) for key in author_keys(document) if key in names)


def _author_key(entry: Any) -> Any:
    author = entry.get("author", entry) if isinstance(entry, dict) else entry
    return author.get("key") if isinstance(author, dict) else author


def _languages(value: Any) -> tuple[str, ...]:
    codes = (language(each.get("key") if isinstance(each, dict) else each) for each in items(value))
    return tuple(dict.fromkeys(code for code in codes if code))


def _year(value: Any) -> int | None:
    number = whole(value)
    return number if number and MIN_YEAR <= number <= 2100 else None


def _cover(ids: Iterable[Any]) -> int | None:
    return next((number for number in map(whole, ids) if number and number > 0), None)


def _cover_url(document: dict[str, Any]) -> str | None:
    number = _cover(items(document.get("covers")))
    return COVER.format(number, "L") if number else None
