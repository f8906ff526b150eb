"""Reads records of Open Library through their redirects: merged works, editions and authors redirect to others."""

from dataclasses import dataclass
from typing import Any

from books.openlibrary import parsing
from books.openlibrary.errors import NotFound
from books.openlibrary.service import SAVE_MAX_WAIT, fetch_document
from books.records import RecordError

MAX_REDIRECTS = 4  # of merges of merged records
LETTERS = {"work": "W", "edition": "M", "author": "A"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDocument:
    """A record and its key. `earlier_keys` are the keys that redirected to it."""

    key: str
    document: dict[str, Any]
    earlier_keys: tuple[str, ...] = ()


def resolve(path: str, kind: str, *, max_wait: float = SAVE_MAX_WAIT) -> ResolvedDocument:
    """`kind` is work, edition or author. Raises OpenLibraryError, or RecordError for a record of another kind."""
    earlier: list[str] = []
    for _ in range(MAX_REDIRECTS + 1):
        document = fetch_document(path, max_wait=max_wait)
        target = parsing.redirect_target(document)
        if target is None:
            parsing.check_type(document, kind)
            key = parsing.require_key(document, LETTERS[kind])
            return ResolvedDocument(key=key, document=document, earlier_keys=tuple(earlier))
        earlier.append(path.rpartition("/")[2])
        path = target
    raise RecordError("key", f"is redirected more than {MAX_REDIRECTS} times")


def find_work_of(edition: dict[str, Any], *, max_wait: float = SAVE_MAX_WAIT) -> ResolvedDocument | None:
    """The first work of the edition that exists. An edition is usable without one."""
    for key in parsing.work_keys(edition):
        try:
            return resolve(f"/works/{key}", "work", max_wait=max_wait)
        except (NotFound, RecordError):
            continue
    return None
