"""Which way to the rows of a list: along the index of its order, or from its filters' index through a sort."""

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

# So many rows are sorted when they are asked for. Where there are more, the order is walked: the next is never far.
FEW = 2_000


def has_order_of_fields(rows: Any) -> bool:
    """Not so of what is found best first."""
    return isinstance(rows, QuerySet) and not rows.query.annotations


def is_sorted_and_filtered(rows: QuerySet[Any]) -> bool:
    """Whether there is a choice. An index of a filter has the keys in order: there none is needed."""
    order = rows.query.order_by or rows.model._meta.ordering
    return bool(rows.query.where) and order[0] not in {"pk", "-pk"}


def way_to(rows: QuerySet[Any], count: int) -> QuerySet[Any]:
    """The same rows, by the shorter way; `count` says how many there are.

    PostgreSQL knows its rows and how many are wanted. SQLite takes any filter for one that leaves few: it would sort
    most of the catalogue for a page.
    """
    if connection.vendor != "sqlite":
        return rows
    found = rows.order_by()
    is_found = Q(pk__in=found.values("pk")) if count <= FEW else Q(Exists(found.filter(pk=OuterRef("pk"))))
    way: QuerySet[Any] = rows.model._default_manager.filter(is_found).order_by(*rows.query.order_by)
    return way
