"""Filters of the list of price changes."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from drf_spectacular.utils import extend_schema_field

from books.filters import MOMENT_HELP, SourceFilter, id_or_name
from books.models import Category, PriceObservation
from core.filters import FoldedTextFilter, MomentFilter, StableOrderingFilter, StrictChoiceFilter

DIRECTIONS = [("down", "Cheaper"), ("up", "More expensive"), ("currency", "Another currency")]
PERCENT_PATTERN = r"^([0-9]{1,3}(\.[0-9]{1,2})?)?$"


@extend_schema_field({"type": "string", "pattern": PERCENT_PATTERN})
class PercentFilter(django_filters.NumberFilter):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, max_digits=5, decimal_places=2, **options)


class PriceChangeFilter(django_filters.FilterSet):
    """Of observations that are price changes."""

    since = MomentFilter(
        field_name="observed_at", lookup_expr="gte", label="Since", help_text=f"Changed at or after {MOMENT_HELP}"
    )
    until = MomentFilter(
        field_name="observed_at", lookup_expr="lt", label="Until", help_text=f"Changed before {MOMENT_HELP}"
    )
    category = FoldedTextFilter(method="by_category", label="Category", help_text="A category's id or whole name.")
    source = SourceFilter(field_name="book__source", label="Source", help_text="The name of a source, such as a shop.")
    direction = StrictChoiceFilter(
        choices=DIRECTIONS,
        method="by_direction",
        label="Direction",
        help_text="`down`, `up`, or `currency` for a change of the currency, which has no difference.",
    )
    min_drop_percent = PercentFilter(
        method="by_drop", label="Smallest drop in per cent", help_text="Drops of at least this per cent, such as 20."
    )
    ordering = StableOrderingFilter(
        fields={"observed_at": "observed_at", "change_percent": "change_percent"},
        help_text="Without it, the newest change is first. `change_percent`: the largest drop first.",
    )

    def by_category(self, queryset: QuerySet[PriceObservation], name: str, value: str) -> QuerySet[PriceObservation]:
        return queryset.filter(book__category__in=Category.objects.filter(id_or_name(value)))

    def by_direction(self, queryset: QuerySet[PriceObservation], name: str, value: str) -> QuerySet[PriceObservation]:
        if value == "currency":
            return queryset.exclude(currency=F("previous_currency"))
        # The percentage of a rise from zero is unknown.
        from_zero = Q(previous_price=0, currency=F("previous_currency"))
        return queryset.filter(Q(change_percent__lt=0) if value == "down" else Q(change_percent__gt=0) | from_zero)

    def by_drop(self, queryset: QuerySet[PriceObservation], name: str, value: Any) -> QuerySet[PriceObservation]:
        return queryset.filter(change_percent__lt=0, change_percent__lte=-value)
