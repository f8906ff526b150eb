"""The search of the catalogue and of Open Library."""

from typing import Any

from django.http import Http404, HttpRequest
from django.views.generic import TemplateView
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from books.search.federated import (
    TOO_SHORT_STATE,
    SourcePage,
    SourceState,
    is_too_short,
    search_catalogue,
    search_open_library,
)
from core.pagination.page_number import parse_positive_integer
from users.library.search import MAX_ROWS, SearchesPerAddressThrottle, find_saved_keys, parse_text
from web.cards import ROW_WIDTH, load_cards
from web.libraries import SHARED, Library, find_library
from web.page import PageMixin
from web.search_results import LIMIT, Group, Hit, Search

MAX_PAGE = MAX_ROWS // LIMIT


class FindView(PageMixin, TemplateView):
    """`/find?q=`: the hits of the catalogue. Scripts then load those of Open Library, which can be slow.

    With `sources=all` the page contains both, for browsers without scripts.
    """

    section = "find"
    template_name = "web/find.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["library"] = find_library(self.request)
        if self.request.GET.get("q", "").strip():
            context |= self._search(as_api_request(self.request), context["library"])
        return super().get_context_data(is_live=True, **context)

    def _search(self, request: Request, library: Library | None) -> dict[str, Any]:
        search = parse_search(request)
        context = {"search": search, "query": search.text, "catalogue": load_catalogue(search, library)}
        if search.has_all_sources or is_too_short(search.text):
            context["open_library"] = load_open_library(search, request, library)
        return context


class OpenLibraryView(PageMixin, TemplateView):
    """The group of Open Library, which scripts put into the page of the search."""

    template_name = "web/open_library.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        request, library = as_api_request(self.request), find_library(self.request)
        search = parse_search(request)
        context |= {"search": search, "library": library, "open_library": load_open_library(search, request, library)}
        return super().get_context_data(**context)


def as_api_request(request: HttpRequest) -> Request:
    """The request for services of the API, with the reader of the page."""
    api_request = Request(request)
    api_request.user = request.user
    return api_request


def parse_search(request: Request) -> Search:
    """Raises InvalidParameters."""
    return Search(
        text=parse_text(request),
        page=parse_positive_integer(request, "page", default=1, maximum=MAX_PAGE),
        works=parse_positive_integer(request, "works", default=1, maximum=MAX_PAGE),
        sources=request.query_params.get("sources", ""),
        shared=request.query_params.get(SHARED, ""),
    )


def load_catalogue(search: Search, library: Library | None) -> Group:
    """Raises Http404 for a page past the end."""
    found = search_catalogue(search.text, page=search.page, limit=LIMIT)
    if search.page > 1 and not found.rows:
        raise Http404
    return create_group(found, search.page, library)


def load_open_library(search: Search, request: Request, library: Library | None) -> Group:
    """A search that exceeds the rate limit of the address has the state `rate_limited`, like one of Open Library's."""
    if is_too_short(search.text):
        return create_group(SourcePage(count=0, rows=[], state=TOO_SHORT_STATE), 1, library)
    throttle = SearchesPerAddressThrottle()
    try:
        throttle.check(throttle.get_identity(request))
    except Throttled as error:
        state = SourceState(name="open_library", status="rate_limited", reason=str(error.detail))
        return create_group(SourcePage(count=0, rows=[], state=state), search.works, library)
    return create_group(search_open_library(search.text, page=search.works, limit=LIMIT), search.works, library)


def create_group(found: SourcePage, number: int, library: Library | None) -> Group:
    saved = find_saved_keys(found.rows, library.owner) if library else set()
    books = {book["id"]: book for book in load_cards([row.book for row in found.rows if row.book], width=ROW_WIDTH)}
    hits = [
        Hit(row, not saved.isdisjoint({row.book, row.result.work_key}), books.get(row.book or 0)) for row in found.rows
    ]
    return Group(hits=hits, count=found.count, state=found.state, number=number)
