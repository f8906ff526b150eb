"""The books that a row may mean, on the page of the search."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from books.search.candidates import BookQuery, find_at_open_library, find_in_catalogue
from books.search.federated import SourcePage, SourceState
from users.imports.jobs.row_search import PARAMETERS, query_of, read_query
from users.library.search import SearchesPerAddressThrottle, find_saved_keys
from users.models import ImportJobRow, User
from web.cards import ROW_WIDTH, load_cards
from web.search_results import ALL_SOURCES, Hit

PLACE = ("outcome", "page")  # of the row in the report
MAX_PLACE, MAX_QUERY = 20, 5_000  # characters


@dataclass(frozen=True, slots=True)
class RowSearch:
    """`place` leads back to the report. Without a valid `query` nothing is searched; `errors` has the reasons."""

    texts: dict[str, str]
    query: BookQuery | None
    errors: dict[str, list[str]]
    place: dict[str, str]
    has_all_sources: bool

    @property
    def parameters(self) -> str:
        """The query of the page's address."""
        return urlencode({**self.texts, **self.place})

    @property
    def place_query(self) -> str:
        return urlencode(self.place)

    @property
    def parameters_with_all_sources(self) -> str:
        return f"{self.parameters}&sources={ALL_SOURCES}"


@dataclass(frozen=True, slots=True)
class Group:
    hits: list[Hit]
    state: SourceState


def read_search(row: ImportJobRow, data: QueryDict) -> RowSearch:
    """The texts that the reader has entered; at first those of the row."""
    place = {name: str(data[name])[:MAX_PLACE] for name in PLACE if name in data}
    has_all_sources = data.get("sources") == ALL_SOURCES
    if not set(PARAMETERS) & set(data):
        query = query_of(row)
        return RowSearch(asdict(query), query, {}, place, has_all_sources)
    texts = {name: data.get(name, "") for name in PARAMETERS}
    try:
        return RowSearch(texts, read_query(texts), {}, place, has_all_sources)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        return RowSearch(texts, None, {name: messages}, place, has_all_sources)


def repeat_search(query: str) -> str:
    """The parameters of a search in the query of an address, and no others."""
    data = QueryDict(query[:MAX_QUERY])
    return urlencode({name: data[name] for name in (*PARAMETERS, *PLACE) if name in data})


def load_catalogue(query: BookQuery, user: User) -> Group:
    return create_group(find_in_catalogue(query), user)


def load_open_library(query: BookQuery, request: Request, user: User) -> Group:
    """A search that exceeds the rate limit of the address has the state `rate_limited`, like one of Open Library's."""
    throttle = SearchesPerAddressThrottle()
    try:
        throttle.check(throttle.get_identity(request))
    except Throttled as error:
        return Group([], SourceState(name="open_library", status="rate_limited", reason=str(error.detail)))
    return create_group(find_at_open_library(query), user)


def create_group(found: SourcePage, user: User) -> Group:
    saved = find_saved_keys(found.rows, user)
    books: dict[Any, Any] = {
        book["id"]: book for book in load_cards([row.book for row in found.rows if row.book], width=ROW_WIDTH)
    }
    hits = [
        Hit(row, not saved.isdisjoint({row.book, row.result.work_key}), books.get(row.book or 0)) for row in found.rows
    ]
    return Group(hits, found.state)
