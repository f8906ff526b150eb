"""The search, and a page of the results of each source."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from books.book_rows import BookRow
from books.search.federated import TOO_SHORT, SearchRow, SourceState

LIMIT = 20  # results of a page
PARAMETERS = {"text": "q", "page": "page", "works": "works", "sources": "sources", "shared": "shared"}
ALL_SOURCES = "all"


@dataclass(frozen=True, slots=True)
class Search:
    """The text, and the page of each group: `page` of the catalogue, `works` of Open Library.

    `shared` is "true" if a member adds the results to the shared library.
    """

    text: str
    page: int = 1
    works: int = 1
    sources: str = ""
    shared: str = ""

    @property
    def has_all_sources(self) -> bool:
        return self.sources == ALL_SOURCES

    @property
    def parameters(self) -> list[tuple[str, Any]]:
        """The query of the page, without defaults."""
        defaults = {"page": 1, "works": 1, "sources": "", "shared": ""}
        return [(PARAMETERS[name], value) for name, value in asdict(self).items() if value != defaults.get(name)]

    @property
    def query(self) -> str:
        return urlencode(self.parameters)

    @property
    def path(self) -> str:
        return f"{reverse('web:find')}?{self.query}"

    @property
    def path_with_all_sources(self) -> str:
        return replace(self, sources=ALL_SOURCES).path


@dataclass(frozen=True, slots=True)
class Hit:
    """A result, whether it is in the reader's library, and its row if it is in the catalogue."""

    row: SearchRow
    is_saved: bool
    book: BookRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A page of the results of one source. `count` is the number on all pages."""

    hits: list[Hit]
    count: int
    state: SourceState
    number: int

    @property
    def can_retry(self) -> bool:
        return self.state.status != "ok" and self.state.reason != TOO_SHORT

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.count > self.number * LIMIT else None
