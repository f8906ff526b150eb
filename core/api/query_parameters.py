"""Query parameters: what a route declares is applied, what it does not know is refused."""

from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from core.api.problem_details import InvalidParameters
from core.api.serializers import MOST_TOLD


class DeclaredParameters:
    """View mixin that rejects query parameters that the operation does not declare, also without a filter set."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # mixed into views only
        if hasattr(self, str(request.method).lower()):  # else the method itself is refused
            refuse_unknown_parameters(request, self)


class DeclaredFilters(DjangoFilterBackend):
    """django-filter's backend, without its tolerance: a mistyped name gets 422 instead of the unfiltered list."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Model], view: Any) -> QuerySet[Model]:
        declared = self.get_filterset_class(view, queryset)
        if view.detail or declared is None:
            return queryset
        asked = narrowed(declared, frozenset(request.query_params) & set(declared.base_filters))
        if not asked.base_filters:
            return queryset
        filters = asked(data=request.query_params, queryset=queryset, request=request)
        if not filters.is_valid():
            raise InvalidParameters(translate_validation(filters.errors).detail)
        filtered: QuerySet[Model] = filters.qs
        return filtered


class Narrowed:
    """For filter sets: their form's class is made once."""

    _form_class: Any = None

    def get_form_class(self) -> Any:
        if self._form_class is None:
            type(self)._form_class = super().get_form_class()  # type: ignore[misc]  # mixed into filter sets only
        return self._form_class


@lru_cache(maxsize=1_000)
def narrowed(declared: Any, names: frozenset[str]) -> Any:
    """The filter set with only the filters that are asked for: of all that it has each request would make copies."""
    asked: Any = type(declared.__name__, (Narrowed, declared), {})
    asked.base_filters = {
        name: each for name, each in declared.base_filters.items() if name in names or each.extra.get("required")
    }
    return asked


def refuse_unknown_parameters(request: Request, view: Any) -> None:
    """Raises InvalidParameters with the nearest name that the route knows."""
    if not request.query_params:
        return
    known = known_parameters(view)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise InvalidParameters({name: [_hint(name, known)] for name in unknown[:MOST_TOLD]}, code="unknown")


def known_parameters(view: Any) -> set[str]:
    known = {"format", *getattr(view, "parameters", ())}
    if view.request.method in SAFE_METHODS and not getattr(view, "detail", True):
        paginator = getattr(view, "paginator", None)
        known |= paginator.parameters if paginator else set()
        known |= set(view.filterset_class.base_filters) if getattr(view, "filterset_class", None) else set()
    return known


def _hint(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    if close:
        return f"No such parameter. Did you mean {close[0]!r}?"
    return f"No such parameter. Known here: {', '.join(sorted(known))}."
