"""The search of the catalogue and of Open Library, and adding a result to the library."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from books.api.book_rows import BookRow
from books.search.federated import FederatedPage, SearchRow
from core.api.problem_details import describe_error
from users.library.search import SearchesPerAddressThrottle, SearchPagination, find_saved_keys, parse_text
from users.library.serializers import SaveSerializer
from users.library.views import save_or_reject
from users.models import User
from web.cards import ROW_WIDTH, load_cards
from web.page import PageMixin

LIMIT = 20  # results of a page


class FoundPages(SearchPagination):
    page_size = LIMIT

    def get_size(self, request: Request) -> int:
        return self.page_size


@dataclass(frozen=True, slots=True)
class Hit:
    """A result, whether it is in the reader's library, and its row if it is in the catalogue."""

    row: SearchRow
    is_saved: bool
    book: BookRow | None


class FindView(PageMixin, TemplateView):
    """`/find?q=`: hits of the catalogue and of Open Library in two groups, each with the state of its source."""

    section = "find"
    template_name = "web/find.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.request.GET.get("q", "").strip():
            context |= self._search(as_api_request(self.request))
        return super().get_context_data(**context)

    def _search(self, request: Request) -> dict[str, Any]:
        throttle = SearchesPerAddressThrottle()
        throttle.check(throttle.get_identity(request))
        text, pages = parse_text(request), FoundPages()
        page = pages.search(text, request)
        hits = find_hits(page, request)
        return {
            "query": text,
            "count": page.count,
            "catalogue_hits": [hit for hit in hits if hit.row.is_catalogue_hit],
            "open_library_hits": [hit for hit in hits if not hit.row.is_catalogue_hit],
            "open_library": next(state for state in page.sources if state.name == "open_library"),
            "page": pages.number,
            "previous_page": pages.number - 1 if pages.number > 1 else None,
            "next_page": pages.number + 1 if pages.next_link else None,
        }


def as_api_request(request: HttpRequest) -> Request:
    """The request for services of the API, with the reader of the page."""
    api_request = Request(request)
    api_request.user = request.user
    return api_request


def find_hits(page: FederatedPage, request: Request) -> list[Hit]:
    saved = find_saved_keys(page.rows, request)
    books = {book["id"]: book for book in load_cards([row.book for row in page.rows if row.book], width=ROW_WIDTH)}
    return [
        Hit(row, not saved.isdisjoint({row.book, row.result.work_key}), books.get(row.book or 0)) for row in page.rows
    ]


@method_decorator(login_required, name="post")
class SaveView(View):
    """Adds a result to the library and returns to the search."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            self._save(request)
        except APIException as error:
            messages.error(request, describe_error(error))
        return redirect(f"{reverse('web:find')}?{urlencode({'q': request.POST.get('q', '')})}")

    def _save(self, request: HttpRequest) -> None:
        assert isinstance(request.user, User)
        identifiers = {name: request.POST.get(name) or None for name in ("book", "work_key", "isbn")}
        serializer = SaveSerializer(data=identifiers, context={"request": request})
        serializer.is_valid(raise_exception=True)
        entry, is_new = save_or_reject(request.user, **serializer.validated_data)
        messages.success(request, f"“{entry.book.title}” is {'' if is_new else 'already '}in your library.")
