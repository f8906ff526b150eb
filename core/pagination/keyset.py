"""Where a row stands in an order, and what comes after it or before it: found by an index, however far down it is.

An order is one of fields and ends with the key, so that no two rows stand at one place. Nulls are last.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from core.pagination.access_path import FewKeys, Way, has_ways, order_of


class NotAField(ValueError):
    """An order by something else than a field."""


Place = tuple[Any, ...]  # the values of a row's terms


@dataclass(frozen=True, slots=True)
class Term:
    """A field of an order."""

    name: str
    descending: bool
    has_nulls: bool

    def expression(self, *, backwards: bool) -> OrderBy:
        descending = self.descending != backwards
        nulls: dict[str, Any] = {"nulls_first" if backwards else "nulls_last": True} if self.has_nulls else {}
        return F(self.name).desc(**nulls) if descending else F(self.name).asc(**nulls)


class Order:
    """The order of a queryset, and the way to its rows. Raises ValueError for an order that is not of fields alone."""

    def __init__(self, queryset: QuerySet[Any], few_keys: FewKeys | None = None) -> None:
        self.queryset = queryset
        self.terms = [_term(queryset.model, each) for each in order_of(queryset)]
        self.names = [term.name for term in self.terms]
        if not self.names or self.names[-1] not in {"pk", "id"}:
            raise ValueError("an order that does not end with the key")
        self._way = Way(self.names, few_keys) if few_keys and has_ways(queryset) else None

    def place(self, values: Sequence[Any]) -> Place:
        """From what stands for the values in JSON."""
        fields = (_field(self.queryset.model, name) for name in self.names)
        return tuple(field.to_python(value) for field, value in zip(fields, values, strict=True))

    def stretches(self, place: Place | None, *, backwards: bool = False) -> Iterator[QuerySet[Any]]:
        """What lies beyond the place, nearest first, each stretch a walk along an index; all of it where None is given.

        As one condition (`a > 1 or a = 1 and id > 7`) it would be no stretch of an index but a search through all.
        """
        if place is None:
            yield from self._everything(backwards=backwards)
            return
        for at in reversed(range(len(self.terms))):
            same = self.queryset.filter(*(_is(term.name, place[i]) for i, term in enumerate(self.terms[:at])))
            of_nulls = at > 0 and place[0] is None
            for is_null, condition in _beyond(self.terms[at], place[at], backwards=backwards):
                rest = self.terms[at + 1 :] if is_null else self.terms[at:]
                rows = same.filter(condition)
                yield self._stretch(rows, rest, backwards=backwards, of_nulls=of_nulls or (is_null and at == 0))

    def _everything(self, *, backwards: bool) -> Iterator[QuerySet[Any]]:
        if not (self._way and self.terms[0].has_nulls):
            yield self._stretch(self.queryset, self.terms, backwards=backwards, of_nulls=False)
            return
        for is_null in (True, False) if backwards else (False, True):
            part = self.queryset.filter(**{f"{self.names[0]}__isnull": is_null})
            yield self._stretch(part, self.terms[is_null:], backwards=backwards, of_nulls=is_null)

    def _stretch(self, rows: QuerySet[Any], terms: Sequence[Term], *, backwards: bool, of_nulls: bool) -> QuerySet[Any]:
        rows = self._way.to(rows.order_by(), of_nulls=of_nulls) if self._way else rows
        return rows.order_by(*(term.expression(backwards=backwards) for term in terms))

    def places(self, after: Place | None, *, skip: int = 0, wanted: int = 1, backwards: bool = False) -> list[Place]:
        """The places of the rows beyond a place, `skip` of them left out."""
        stretches = self.stretches(after, backwards=backwards)
        return walk((each.values_list(*self.names) for each in stretches), skip, wanted)


def walk(stretches: Iterable[Any], skip: int, wanted: int) -> list[Any]:
    """The rows from `skip` on of stretches that follow one another; none is walked further than is asked for."""
    found: list[Any] = []
    for stretch in stretches:
        found += (here := list(stretch[skip : skip + wanted - len(found)]))
        if len(found) == wanted:
            break
        skip = 0 if here or not skip else max(0, skip - stretch.count())
    return found


def _term(model: Any, given: Any) -> Term:
    if isinstance(given, str):
        name, descending = given.removeprefix("-"), given.startswith("-")
    elif isinstance(given, OrderBy) and isinstance(given.expression, F):
        name, descending = given.expression.name, given.descending
    else:
        raise NotAField(str(given))
    return Term(name, descending, _field(model, name).null)


def _field(model: Any, name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _is(name: str, value: Any) -> Q:
    return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})


def _beyond(term: Term, value: Any, *, backwards: bool) -> list[tuple[bool, Q]]:
    """What follows the value in this term, in order; each with whether it is the nulls."""
    # Not `~null`: what bounds a stretch is a comparison of its own (Way).
    known, null = (Q(**{f"{term.name}__isnull": is_null}) for is_null in (False, True))
    if value is None:
        return [(False, known)] if backwards else []
    further = Q(**{f"{term.name}__{'lt' if term.descending != backwards else 'gt'}": value})
    return [(False, further), (True, null)] if term.has_nulls and not backwards else [(False, further)]
