"""Filters of exports."""

import django_filters
from django.db.models import QuerySet

from books.filters import MAX_ID, BookFilter, SourceFilter, id_or_name
from books.models import Category, PriceObservation
from core.filters import FoldedTextFilter, MomentFilter, WholeNumberFilter


class BookExportFilter(BookFilter):
    """The filters of the list. Without `ordering` the books are in the order of their ids, also for `title` alone."""

    ranks_titles = False


class ObservationFilter(django_filters.FilterSet):
    since = MomentFilter("observed_at", "gte", label="Since", help_text="The earliest time; a day begins in UTC.")
    until = MomentFilter("observed_at", "lt", label="Until", help_text="The end, which is not included.")
    category = FoldedTextFilter(method="by_category", label="Category", help_text="A category's id or whole name.")
    source = SourceFilter(field_name="book__source", label="Source", help_text="The name of a source.")
    book = WholeNumberFilter(
        field_name="book", min_value=1, max_value=MAX_ID, label="Book", help_text="The id of a book."
    )

    def by_category(self, queryset: QuerySet[PriceObservation], name: str, value: str) -> QuerySet[PriceObservation]:
        return queryset.filter(book__category__in=Category.objects.filter(id_or_name(value)))
