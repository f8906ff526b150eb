"""Keyset pagination: finds the rows after or before a position by index range scans, at any depth.

A position is the tuple of a row's values in the ordering terms. An ordering consists of fields and ends with the
primary key, so that positions are unique. NULLs are last.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

Position = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class OrderingTerm:
    """One field of an ordering."""

    name: str
    descending: bool
    has_nulls: bool

    def expression(self, *, backwards: bool) -> OrderBy:
        nulls = {"nulls_first" if backwards else "nulls_last": self.has_nulls or None}
        return OrderBy(F(self.name), descending=self.descending != backwards, **nulls)


class KeysetOrdering:
    """The ordering of a queryset. Raises ValueError if it has other terms than fields or does not end with the key."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.queryset = queryset
        self.terms = [_parse_term(queryset.model, term) for term in ordering_of(queryset)]
        self.names = [term.name for term in self.terms]
        if not self.names or self.names[-1] not in {"pk", "id"}:
            raise ValueError("The ordering does not end with the primary key.")

    def parse_position(self, values: Sequence[Any]) -> Position:
        """Converts JSON values to a position."""
        fields = (_get_field(self.queryset.model, name) for name in self.names)
        return tuple(field.to_python(value) for field, value in zip(fields, values, strict=True))

    def ranges(self, position: Position | None, *, backwards: bool = False) -> Iterator[QuerySet[Any]]:
        """Yields the rows beyond the position as querysets, nearest first. None is the start of the list.

        Each queryset is one index range. A single condition (`a > 1 or a = 1 and id > 7`) would scan the whole index.
        """
        if position is None:
            yield self._ordered(self.queryset, self.terms, backwards=backwards)
            return
        for index in reversed(range(len(self.terms))):
            term, value = self.terms[index], position[index]
            equal = dict(zip(self.names[:index], position[:index], strict=True))
            rows = self.queryset.filter(**equal)  # None selects the NULLs
            for is_null, condition in _beyond(term, value, backwards=backwards):
                remaining = self.terms[index + 1 :] if is_null else self.terms[index:]
                yield self._ordered(rows.filter(condition), remaining, backwards=backwards)

    def _ordered(self, rows: QuerySet[Any], terms: Sequence[OrderingTerm], *, backwards: bool) -> QuerySet[Any]:
        return rows.order_by(*(term.expression(backwards=backwards) for term in terms))

    def positions(
        self, after: Position | None, *, skip: int = 0, limit: int = 1, backwards: bool = False
    ) -> list[Position]:
        """The positions of up to `limit` rows beyond a position, after the first `skip` of them."""
        ranges = self.ranges(after, backwards=backwards)
        return slice_ranges((rows.values_list(*self.names) for rows in ranges), skip, limit)

    def batches(self, size: int) -> Iterator[list[Position]]:
        """All positions, in lists of up to `size`. Each is read when it is needed."""
        position: Position | None = None
        while batch := self.positions(position, limit=size):
            yield batch
            position = batch[-1]


def ordering_of(queryset: QuerySet[Any]) -> Sequence[Any]:
    """The queryset's ordering, or its model's default."""
    return queryset.query.order_by or queryset.model._meta.ordering


def slice_ranges(ranges: Iterable[Any], skip: int, limit: int) -> list[Any]:
    """Rows `skip` to `skip + limit` of consecutive querysets, evaluated only as far as needed."""
    rows: list[Any] = []
    for current in ranges:
        rows += (fetched := list(current[skip : skip + limit - len(rows)]))
        if len(rows) == limit:
            break
        skip = 0 if fetched or not skip else max(0, skip - current.count())
    return rows


def _parse_term(model: Any, term: Any) -> OrderingTerm:
    if isinstance(term, str):
        name, descending = term.removeprefix("-"), term.startswith("-")
    elif isinstance(term, OrderBy) and isinstance(term.expression, F):
        name, descending = term.expression.name, term.descending
    else:
        raise ValueError(f"Cannot paginate by {term}: only fields can be ordering terms.")  # noqa: TRY004
    return OrderingTerm(name, descending, _get_field(model, name).null)


def _get_field(model: Any, name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _beyond(term: OrderingTerm, value: Any, *, backwards: bool) -> list[tuple[bool, Q]]:
    """Conditions for the values beyond `value`, in order; each with whether it selects the NULLs."""
    not_null, is_null = (Q(**{f"{term.name}__isnull": flag}) for flag in (False, True))
    if value is None:
        return [(False, not_null)] if backwards else []
    beyond = Q(**{f"{term.name}__{'lt' if term.descending != backwards else 'gt'}": value})
    return [(False, beyond), (True, is_null)] if term.has_nulls and not backwards else [(False, beyond)]
