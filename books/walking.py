"""Which way to rows that are filtered and sorted: along the index of their order, or from a filter's index to a sort.

PostgreSQL knows its rows, and how many of them are wanted. SQLite takes any filter for one that leaves few: it would
sort most of the catalogue for a page.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Exists, Lookup, OuterRef, QuerySet
from django.db.models.expressions import Col

# So many rows are sorted when they are asked for. Where there are more, the order is walked: the next is never far.
FEW = 2_000
Count = Callable[[QuerySet[Any], str], int]


def has_order_of_fields(rows: Any) -> bool:
    """Not so of what is found best first."""
    return isinstance(rows, QuerySet) and not rows.query.annotations


def has_ways(rows: QuerySet[Any]) -> bool:
    """Whether there is a choice. An index of a filter has the keys in order: there none is needed."""
    order = rows.query.order_by or rows.model._meta.ordering
    return connection.vendor == "sqlite" and bool(rows.query.where) and order[0] not in {"pk", "-pk"}


class Way:
    """To stretches of a list that is ordered by the fields `names`; `count` counts rows up to FEW and a little more.

    Those without a value in the first field, which stand last, may be many where the others are few: of a shop's books
    none has a year.
    """

    def __init__(self, rows: QuerySet[Any], names: list[str], count: Count) -> None:
        self._names = names
        self._are_few = count(rows.order_by(), "") <= FEW
        known = rows.order_by().filter(**{f"{names[0]}__isnull": False})
        self._known_are_few = self._are_few or count(known, names[0]) <= FEW

    def to(self, stretch: QuerySet[Any], *, of_nulls: bool) -> QuerySet[Any]:
        """The rows of the stretch; `of_nulls` says that they are those without a value."""
        everything: QuerySet[Any] = stretch.model._default_manager.all()
        if self._are_few if of_nulls else self._known_are_few:
            return everything.filter(pk__in=stretch.values("pk"))
        if of_nulls:
            return stretch  # in the order of the keys, as each index has them
        is_found = Exists(stretch.filter(pk=OuterRef("pk")))
        return everything.filter(is_found, *self._bounds(stretch))

    def _bounds(self, stretch: QuerySet[Any]) -> list[Any]:
        """The stretch's conditions on the order's own fields: where the walk along their index begins and ends."""
        fields = {
            stretch.model._meta.pk if name == "pk" else stretch.model._meta.get_field(name) for name in self._names
        }
        return [
            condition
            for condition in stretch.query.where.children
            if isinstance(condition, Lookup) and isinstance(condition.lhs, Col) and condition.lhs.target in fields
        ]
