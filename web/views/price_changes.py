"""The page of price changes."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.views.generic import TemplateView
from rest_framework.request import Request

from books.api.change_rows import ChangeRow
from books.api.pagination import PriceChangePagination
from books.models import Category, PriceObservation
from books.price_change_filters import PriceChangeFilter
from core.exceptions import InvalidParameters
from core.filters import LocalMomentFilter
from web.cards import ROW_WIDTH, with_covers, with_trends
from web.page import PageMixin
from web.page_cache import CachedPage

MAX_CATEGORIES = 200  # that the form suggests
DEFAULT_ORDERING = "-observed_at"
ORDERINGS = [
    (DEFAULT_ORDERING, "Newest first"),
    ("change_percent", "Largest drop first"),
    ("-change_percent", "Largest rise first"),
]


class PageFilter(PriceChangeFilter):
    """A day begins in the time zone of the reader, in which the page shows the days of the changes."""

    since = LocalMomentFilter(field_name="observed_at", lookup_expr="gte")
    until = LocalMomentFilter(field_name="observed_at", lookup_expr="lt")


class ChangePages(PriceChangePagination):
    page_size = 24
    has_cursor = False

    def further_key(self) -> bytes:
        """Days begin in the time zone of the reader."""
        return timezone.get_current_timezone_name().encode()

    def get_size(self, request: Request) -> int:
        return self.page_size


class PriceChangesView(CachedPage, PageMixin, TemplateView):
    section = "price-changes"
    template_name = "web/price_changes.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.setdefault("ordering", DEFAULT_ORDERING)
        changes = PageFilter(query, PriceObservation.objects.changes_of_published_books())
        if not changes.form.is_valid():
            raise InvalidParameters(changes.form.errors)
        pages = ChangePages()
        rows = pages.paginate_queryset(changes.qs, Request(self.request)) or []
        return super().get_context_data(
            changes=with_cards(rows),
            categories=Category.objects.values_list("name", flat=True)[:MAX_CATEGORIES],
            filter=query,
            directions=changes.form.fields["direction"].choices,
            orderings=ORDERINGS,
            **describe_pages(query, pages),
            **context,
        )


def with_cards(rows: list[ChangeRow]) -> list[ChangeRow]:
    """Adds the cover and the trend to the book of each change. A book may have several changes."""
    books = {row["book"]["id"]: row["book"] for row in rows}
    cards = {card["id"]: card for card in with_trends(with_covers(list(books.values()), width=ROW_WIDTH))}
    return [{**row, "book": cards[row["book"]["id"]]} for row in rows]


def describe_pages(query: QueryDict, pages: ChangePages) -> dict[str, Any]:
    return {
        "count": pages.count,
        "count_text": f"{pages.count:,}" if pages.count_is_exact else f"{pages.count:,}+",
        "page": pages.number,
        "last_page": -(-pages.count // pages.page_size) if pages.count_is_exact else None,
        "next_query": with_page(query, pages.number + 1) if pages.next_link else None,
        "previous_query": with_page(query, pages.number - 1) if pages.number > 1 else None,
    }


def with_page(query: QueryDict, number: int) -> str:
    """The query string of another page, without empty parameters."""
    changed = QueryDict(mutable=True)
    for name, values in query.lists():
        if any(values) and name != "page":
            changed.setlist(name, values)
    if number > 1:
        changed["page"] = str(number)
    return changed.urlencode()
