"""Which way to rows that are filtered and sorted: along the index of their order, or from a filter's index to a sort.

Neither database knows that an order and a filter may have nothing in common: it walks through all that the filter does
not want. And SQLite takes any filter for one that leaves few: it would sort most of the catalogue for a page.
"""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from django.db import connection
from django.db.models import Func, Lookup, QuerySet
from django.db.models.expressions import Col

# So many rows are sorted when they are asked for. Where there are more, the order is walked: the next is never far.
FEW = 2_000
Keys = list[int]
FewKeys = Callable[[str], Keys | None]


def has_ways(rows: QuerySet[Any]) -> bool:
    """Whether there is a choice. An index of a filter has the keys in order: there none is needed."""
    return bool(rows.query.where) and order_of(rows)[0] not in {"pk", "-pk"}


def order_of(rows: QuerySet[Any]) -> Sequence[Any]:
    """Its own, or its model's."""
    return rows.query.order_by or rows.model._meta.ordering


def few_keys(rows: QuerySet[Any], known: str) -> Keys | None:
    """The keys of the rows, where they are few; of those that have a value in the field `known`, where one is named."""
    rows = rows.order_by()
    found = rows.filter(**{f"{known}__isnull": False}) if known else rows
    keys = list(found.values_list("pk", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else None


def sorted_keys(rows: QuerySet[Any], keys: Keys) -> Keys:
    """The keys in the order of the rows."""
    found: QuerySet[Any] = rows.model._default_manager.filter(pk__in=keys)
    return list(found.order_by(*order_of(rows)).values_list("pk", flat=True))


class Way:
    """To stretches of a list that is ordered by the fields `names`.

    Those without a value in the first field, which stand last, may be many where the others are few: of a shop's books
    none has a year. `few_keys` gives the keys of all the list's rows, or of those that have a value in a field.
    """

    def __init__(self, names: list[str], few_keys: FewKeys) -> None:
        self._names = names
        self._keys = self._known_keys = few_keys("")
        if self._keys is None:
            self._known_keys = few_keys(names[0])

    def to(self, stretch: QuerySet[Any], *, of_nulls: bool) -> QuerySet[Any]:
        """The rows of the stretch; `of_nulls` says that they are those without a value."""
        everything: QuerySet[Any] = stretch.model._default_manager.all()
        keys = self._keys if of_nulls else self._known_keys
        if keys is not None:
            return everything.filter(*self._bounds(stretch), pk__in=keys)
        return stretch if connection.vendor == "postgresql" else self._along_the_order(stretch)

    def _along_the_order(self, stretch: QuerySet[Any]) -> QuerySet[Any]:
        """Bound by the order's own fields; the rest is looked at on the way, in the same index (`FILTERED_BY`)."""
        bounds, stretch = self._bounds(stretch), stretch.all()
        where = stretch.query.where
        where.children = [each if each in bounds else _not_looked_up(each) for each in where.children]
        return stretch

    def _bounds(self, stretch: QuerySet[Any]) -> list[Any]:
        """The stretch's conditions on the order's own fields: where the walk along their index begins and ends."""
        meta = stretch.model._meta
        fields = {meta.pk if name == "pk" else meta.get_field(name) for name in self._names}
        conditions: list[Any] = stretch.query.where.children
        return [each for each in conditions if _is_of_a_column(each) and each.lhs.target in fields]


class NotLookedUp(Func):
    """A column that SQLite compares, but does not look up in an index of its own."""

    template = "+%(expressions)s"


def _not_looked_up(condition: Any) -> Any:
    if _is_of_a_column(condition):
        condition = copy(condition)
        condition.lhs = NotLookedUp(condition.lhs)
    return condition


def _is_of_a_column(condition: Any) -> bool:
    return isinstance(condition, Lookup) and isinstance(condition.lhs, Col)
