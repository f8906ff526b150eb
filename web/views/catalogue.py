"""The catalogue: books by facets, and the layout that a browser remembers."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from rest_framework.request import Request

from books.api.http_cache import VERSION_KEY
from books.api.pagination import CataloguePagination
from books.facets.catalogue_facets import build_facets
from books.filters import CatalogueFilter
from books.models import Book
from core.exceptions import InvalidParameters
from web.cards import lay_out
from web.page import PageMixin
from web.page_cache import CachedPage

LAYOUTS = ("grid", "list")
LAYOUT_COOKIE = "catalogue-layout"
YEAR = 365 * 86_400  # seconds
ORDERINGS = [
    ("title", "Title"),
    ("-created_at", "Newest first"),
    ("price", "Lowest price first"),
    ("-price", "Highest price first"),
    ("-rating", "Best rated first"),
]
DEFAULT_ORDERING = "title"
ALL_CATEGORIES = "all-categories"  # a parameter of the page, not of the API


class CataloguePages(CataloguePagination):
    """Pages of 24, which fill the rows of the grid."""

    page_size = 24
    has_cursor = False

    def get_size(self, request: Request) -> int:
        return self.page_size


class CatalogueView(CachedPage, PageMixin, TemplateView):
    is_indexed = True
    section = "catalogue"
    template_name = "web/catalogue.html"
    varies_on_cookies = (LAYOUT_COOKIE,)
    may_defer_counts = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.setdefault("ordering", DEFAULT_ORDERING)
        books = CatalogueFilter(query, Book.objects.published())
        if not books.form.is_valid():
            raise InvalidParameters(books.form.errors)
        pages = CataloguePages()
        rows = pages.paginate_queryset(books.qs, Request(self.request)) or []
        layout = "list" if self.request.COOKIES.get(LAYOUT_COOKIE) == "list" else "grid"
        context |= {
            "books": lay_out(rows, layout),
            "facets": build_facets(
                books,
                data=self.request.GET,
                all_categories=ALL_CATEGORIES in self.request.GET,
                version=self.request.META.get(VERSION_KEY),
                may_defer=self.may_defer_counts,
            ),
            "layout": layout,
        }
        return super().get_context_data(**describe(query, pages), **context)


class FacetsView(CatalogueView):
    """The facets with their counts, which the page requests if they took too long to count for it."""

    is_indexed = False
    template_name = "web/facets.html"
    may_defer_counts = False


def describe(query: QueryDict, pages: CataloguePages) -> dict[str, Any]:
    """The parts of the page around the books."""
    kept = [(name, value) for name, values in query.lists() if name not in {"ordering", "page"} for value in values]
    return {
        "heading": "Catalogue",
        "count": pages.count,
        "count_text": f"{pages.count:,}" if pages.count_is_exact else f"{pages.count:,}+",
        "page": pages.number,
        "last_page": -(-pages.count // pages.page_size) if pages.count_is_exact else None,
        "next_query": with_page(kept, query, pages.number + 1) if pages.next_link else None,
        "previous_query": with_page(kept, query, pages.number - 1) if pages.number > 1 else None,
        "kept_parameters": kept,
        "ordering": query["ordering"],
        "orderings": ORDERINGS,
        "query_string": with_page(kept, query, pages.number),
        "price_range": describe_price_range(query),
    }


def describe_price_range(query: QueryDict) -> dict[str, Any]:
    """The values of the form, and the other parameters that it keeps."""
    omitted = {"min_price", "max_price", "page"}
    return {
        "kept": [(name, value) for name, values in query.lists() if name not in omitted for value in values],
        "lowest": query.get("min_price", ""),
        "highest": query.get("max_price", ""),
    }


def with_page(kept: list[tuple[str, str]], query: QueryDict, number: int) -> str:
    page = [("page", str(number))] if number > 1 else []
    ordering = [("ordering", query["ordering"])] if query["ordering"] != DEFAULT_ORDERING else []
    return urlencode([*kept, *ordering, *page])


@require_safe
def remember_layout(request: HttpRequest, layout: str, page: str = "web:catalogue") -> HttpResponse:
    """Stores the layout in a cookie and returns to the list with its filters."""
    if layout not in LAYOUTS:
        raise Http404
    response = redirect(f"{reverse(page)}?{request.GET.urlencode()}".rstrip("?"))
    response.set_cookie(LAYOUT_COOKIE, layout, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.HAS_TLS)
    return response
