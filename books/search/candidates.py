"""Searches for a book by title, author and ISBN. Each of the three can be wrong or missing.

The hits of the ISBN come first, then those of the title.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from books.search.federated import (
    CATALOGUE_STATE,
    TOO_SHORT_STATE,
    SearchRow,
    SourcePage,
    is_too_short,
    search_catalogue,
    search_open_library,
)

LIMIT = 20  # books of a source


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuery:
    """Empty texts are not searched for. Without a title, the author's books are found."""

    title: str = ""
    author: str = ""
    isbn: str = ""

    @property
    def catalogue_texts(self) -> list[str]:
        """The catalogue finds a text in a title or in a name, not a text of both."""
        return [text for text in (self.isbn, self.title or self.author) if text]

    @property
    def open_library_texts(self) -> list[str]:
        return [text for text in (self.isbn, f"{self.title} {self.author}".strip()) if text]


def find_in_catalogue(query: BookQuery) -> SourcePage:
    pages = [search_catalogue(text, page=1, limit=LIMIT) for text in query.catalogue_texts]
    rows = _join(page.rows for page in pages)
    return SourcePage(count=len(rows), rows=rows, state=CATALOGUE_STATE)


def find_at_open_library(query: BookQuery) -> SourcePage:
    """Works that `find_in_catalogue` has not found. One request for each text. Raises nothing if it is unavailable."""
    texts = [text for text in query.open_library_texts if not is_too_short(text)]
    pages = [search_open_library(text, page=1, limit=LIMIT) for text in texts]
    listed = {row.book for row in find_in_catalogue(query).rows}
    rows = [row for row in _join(page.rows for page in pages) if row.book not in listed]
    states = [page.state for page in pages] or [TOO_SHORT_STATE]
    state = next((each for each in states if each.status != "ok"), states[0])
    return SourcePage(count=len(rows), rows=rows, state=state)


def _join(pages: Iterable[list[SearchRow]]) -> list[SearchRow]:
    """The rows of all pages, each work once, at most LIMIT."""
    unique: dict[object, SearchRow] = {}
    for page in pages:
        for row in page:
            unique.setdefault(row.book or row.result.work_key or row.result.isbn_13 or id(row), row)
    return list(unique.values())[:LIMIT]
