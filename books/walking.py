"""Which way to rows that are filtered and sorted: along the index of their order, or from a filter's index to a sort.

Neither database knows that an order and a filter may have nothing in common: it walks through all that the filter does
not want. And SQLite takes any filter for one that leaves few: it would sort most of the catalogue for a page.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Exists, Lookup, OuterRef, QuerySet
from django.db.models.expressions import Col

# So many rows are sorted when they are asked for. Where there are more, the order is walked: the next is never far.
FEW = 2_000
Keys = list[int]
FewKeys = Callable[[QuerySet[Any], str], Keys | None]


def has_order_of_fields(rows: Any) -> bool:
    """Not so of what is found best first."""
    return isinstance(rows, QuerySet) and not rows.query.annotations


def has_ways(rows: QuerySet[Any]) -> bool:
    """Whether there is a choice. An index of a filter has the keys in order: there none is needed."""
    order = rows.query.order_by or rows.model._meta.ordering
    return bool(rows.query.where) and order[0] not in {"pk", "-pk"}


def few_keys(rows: QuerySet[Any]) -> Keys | None:
    """The keys of the rows, where they are few."""
    keys = list(rows.values_list("pk", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else None


class Way:
    """To stretches of a list that is ordered by the fields `names`; `few_keys` gives the keys of rows that are few.

    Those without a value in the first field, which stand last, may be many where the others are few: of a shop's books
    none has a year.
    """

    def __init__(self, rows: QuerySet[Any], names: list[str], few_keys: FewKeys) -> None:
        self._names = names
        self._keys = self._known_keys = few_keys(rows.order_by(), "")
        if self._keys is None:
            self._known_keys = few_keys(rows.order_by().filter(**{f"{names[0]}__isnull": False}), names[0])

    def to(self, stretch: QuerySet[Any], *, of_nulls: bool) -> QuerySet[Any]:
        """The rows of the stretch; `of_nulls` says that they are those without a value."""
        everything: QuerySet[Any] = stretch.model._default_manager.all()
        keys = self._keys if of_nulls else self._known_keys
        if keys is not None:
            return everything.filter(*self._bounds(stretch), pk__in=keys)
        if of_nulls or connection.vendor == "postgresql":
            return stretch  # nulls are in the order of the keys, as each index has them
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
