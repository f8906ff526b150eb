"""A bounded probe for filtered lists: if few rows match the filters, their keys are found first and sorted.

Neither database can detect that a filter and an ordering are unrelated. It may scan the ordering's index and read all
rows that the filter excludes.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from core.pagination.keyset import ordering_of


def needs_probe(queryset: QuerySet[Any], *, ignored: Collection[str] = ()) -> bool:
    """Whether the rows are filtered, and not ordered by the primary key, which ends every filter's index."""
    return has_filters(queryset, ignored=ignored) and ordering_of(queryset)[0] not in {"pk", "-pk"}


def has_filters(queryset: QuerySet[Any], *, ignored: Collection[str] = ()) -> bool:
    """Comparisons of `ignored` columns are no filters, because they select nearly all rows."""
    return any(_column_of(each) not in ignored for each in queryset.query.where.children)


def _column_of(condition: Any) -> str | None:
    """The name of the column that a condition of a query compares; None for other conditions."""
    return getattr(getattr(getattr(condition, "lhs", None), "target", None), "name", None)


def restrict_to_keys(queryset: QuerySet[Any], maximum: int) -> QuerySet[Any]:
    """The same rows in the same order, selected by their primary keys. At most `maximum` rows may match.

    The LIMIT of the subquery makes the databases find the keys first, by the indexes of the filters.
    """
    keys = queryset.order_by().values("pk")[:maximum]
    rows: QuerySet[Any] = queryset.model._default_manager.filter(pk__in=keys)
    return rows.order_by(*ordering_of(queryset))
