"""The reader's library, and the shared one, as lists."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView
from rest_framework.request import Request

from books.facets.links import add_to_query, change_query
from core.exceptions import InvalidParameters
from core.pagination.page_number import StrictPageNumberPagination
from users.library.adding import may_add_books
from users.library.editions import SHOWN, Editions, find_other_editions
from users.library.filters import LibraryEntryFilter
from users.models import LibraryEntry, User
from web.cards import GRID_WIDTH, ROW_WIDTH, load_cards
from web.forms import RATING_CHOICES
from web.libraries import Library, find_library
from web.library_filters import describe_filters
from web.page import PageMixin
from web.views.catalogue import LAYOUT_COOKIE

Status = LibraryEntry.Status
ORDERINGS = [
    ("-updated_at", "Last changed first"),
    ("title", "Title"),
    ("-created_at", "Newest first"),
    ("-rating", "Best rated first"),
]
REMOVE, ADD_TAG, REMOVE_TAG = "remove", "add-tag", "remove-tag"  # actions besides the statuses
UNDO = "library-undo"  # the key of the session


class LibraryPages(StrictPageNumberPagination):
    """Pages of 24, like those of the catalogue."""

    page_size = 24
    max_entries = page_size * (1 + SHOWN)  # of a page, with the other editions

    def get_size(self, request: Request) -> int:
        return self.page_size


class LibraryMixin(PageMixin):
    """A page of a library, or a form on it."""

    section = "library"
    library: Library

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if hasattr(self, str(request.method).lower()):  # other methods are 405 in every library
            library = find_library(request)
            if library is None:
                return redirect_to_login(reverse("web:library"))
            self.library = library
        return super().dispatch(request, *args, **kwargs)


class LibraryView(LibraryMixin, TemplateView):
    template_name = "web/library.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.setdefault("ordering", ORDERINGS[0][0])
        entries = LibraryEntry.objects.owned_by(self.library.owner)
        entry_filter = LibraryEntryFilter(query, entries.select_related("book").prefetch_related("tags"))
        if not entry_filter.form.is_valid():
            raise InvalidParameters(entry_filter.form.errors)
        pages, matching = LibraryPages(), entry_filter.qs
        is_by_work = not query.get("work")
        found = (
            pages.paginate_queryset(matching.one_per_work() if is_by_work else matching, Request(self.request)) or []
        )
        layout = "list" if self.request.COOKIES.get(LAYOUT_COOKIE) == "list" else "grid"
        context |= {
            **self._describe_libraries(),
            **describe_pages(self.request.GET, pages),
            **count_entries(matching, pages),
            "tabs": list_tabs(self.request.GET, entries.count_by_status()),
            "items": load_items(
                found,
                find_other_editions(entries, found) if is_by_work else {},
                width=ROW_WIDTH if layout == "list" else GRID_WIDTH,
            ),
            "layout": layout,
            "values": query,
            "orderings": ORDERINGS,
            "ratings": RATING_CHOICES[1:],
            "actions": [*Status.choices, (REMOVE, "Remove from the library")],
            "tag_actions": [(ADD_TAG, "Add tags …"), (REMOVE_TAG, "Remove tags …")],
            **describe_filters(query, self.library.owner),
            "can_undo": UNDO in self.request.session,
        }
        return super().get_context_data(**context)

    def _describe_libraries(self) -> dict[str, Any]:
        return {
            "library": self.library,
            "is_shared": self.library.is_shared,
            "has_both": settings.SHARED_SHELF and self.request.user.is_authenticated,
            "may_add": isinstance(self.request.user, User) and may_add_books(self.request.user),
            "heading": "Shared library" if self.library.is_shared else "Your library",
        }


def describe_pages(data: QueryDict, pages: LibraryPages) -> dict[str, Any]:
    following = with_value(data, "page", pages.number + 1)
    previous = with_value(data, "page", pages.number - 1 if pages.number > 2 else "")
    return {
        "page": pages.number,
        "last_page": -(-pages.count // pages.page_size) if pages.count_is_exact else None,
        "next_query": following if pages.next_link else None,
        "previous_query": previous if pages.number > 1 else None,
        "query_string": with_value(data, "page", pages.number if pages.number > 1 else ""),
    }


def count_entries(matching: QuerySet[LibraryEntry], pages: LibraryPages) -> dict[str, Any]:
    """Books are counted as on the tabs, although a page shows the editions of a work together."""
    count, is_exact = pages.count_rows(matching, seen=0)
    return {"count": count, "count_text": f"{count:,}{'' if is_exact else '+'}"}


def with_value(data: QueryDict, name: str, value: Any) -> str:
    """The query string with another value of a parameter; an empty one removes it. Keeps no page number besides."""
    query = change_query(data, remove=[name])
    return add_to_query(query, {name: value}) if value else query


def list_tabs(data: QueryDict, counts: dict[str, int]) -> list[dict[str, Any]]:
    """One for all entries and one for each status, with the number of entries in the whole library."""
    choices = [("", "All", sum(counts.values())), *((value, label, counts[value]) for value, label in Status.choices)]
    return [
        {
            "label": label,
            "number": number,
            "query": with_value(data, "status", value),
            "is_current": data.get("status", "") == value,
        }
        for value, label, number in choices
    ]


def load_items(entries: list[LibraryEntry], editions: dict[int, Editions], *, width: int) -> list[dict[str, Any]]:
    """Entries with their books, and with the library's other editions of the same works."""
    cards = {card["id"]: card for card in load_cards([entry.book_id for entry in entries], width=width)}
    return [
        {"entry": entry, "book": cards[entry.book_id], "editions": editions.get(entry.pk)}
        for entry in entries
        if entry.book_id in cards
    ]
