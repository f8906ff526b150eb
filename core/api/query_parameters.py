"""Query parameters: declared ones are validated and applied, unknown ones are rejected."""

from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from core.api.serializers import MAX_REPORTED
from core.exceptions import InvalidParameters
from core.text import suggest

REPEATABLE = {"ordering"}


class DeclaredParametersMixin:
    """View mixin that rejects query parameters that the operation does not declare, and repeated ones.

    `parameters` lists those that neither the paginator nor the filter set declares.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # mixed into views only
        if hasattr(self, str(request.method).lower()):  # an unsupported method gets 405 instead
            reject_unknown_parameters(request, self)
            reject_repeated_parameters(request)


class StrictFilterBackend(DjangoFilterBackend):
    """Responds 422 to an invalid value, where django-filter returns the unfiltered list."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Model], view: Any) -> QuerySet[Model]:
        filterset_class = self.get_filterset_class(view, queryset)
        if view.detail or filterset_class is None:
            return queryset
        filterset_class = select_filters(
            filterset_class, frozenset(request.query_params).intersection(filterset_class.base_filters)
        )
        if not filterset_class.base_filters:
            return queryset
        filterset = filterset_class(data=request.query_params, queryset=queryset, request=request)
        if not filterset.is_valid():
            raise InvalidParameters(translate_validation(filterset.errors).detail)
        filtered: QuerySet[Model] = filterset.qs
        return filtered


@lru_cache(maxsize=1_000)
def select_filters(filterset_class: Any, names: frozenset[str]) -> Any:
    """The filter set with only the filters that the request uses or that are required.

    django-filter copies all filters and form fields for each request, which takes as long as the rest of an
    uncached list (benchmarks/suite.py).
    """
    selected: Any = type(filterset_class.__name__, (filterset_class,), {})
    selected.base_filters = {
        name: each for name, each in filterset_class.base_filters.items() if name in names or each.extra.get("required")
    }
    return selected


def reject_unknown_parameters(request: Request, view: Any) -> None:
    """Raises InvalidParameters that suggests the nearest declared name."""
    declared = declared_parameters(view)
    unknown = [name for name in request.query_params if name not in declared]
    if unknown:
        raise InvalidParameters({name: [_hint(name, declared)] for name in unknown[:MAX_REPORTED]}, code="unknown")


def reject_repeated_parameters(request: Request) -> None:
    """Raises InvalidParameters: a response for the last value alone would look like one for all values."""
    repeated = {
        name: [f"The parameter {name!r} is given {_count_times(len(values))}. Send it once."]
        for name, values in request.query_params.lists()
        if len(values) > 1 and name not in REPEATABLE
    }
    if repeated:
        raise InvalidParameters(repeated, code="repeated")


def _count_times(number: int) -> str:
    return "twice" if number == 2 else f"{number} times"


def declared_parameters(view: Any) -> set[str]:
    names = {"format", *getattr(view, "parameters", ())}
    if view.request.method in SAFE_METHODS and not getattr(view, "detail", True):
        paginator = getattr(view, "paginator", None)
        names |= paginator.parameters if paginator else set()
        names |= set(view.filterset_class.base_filters) if getattr(view, "filterset_class", None) else set()
    return names


def _hint(name: str, declared: set[str]) -> str:
    names = sorted(declared)
    remedy = suggest(name, names) or f"The parameters are: {', '.join(names)}."
    return f"No such parameter. {remedy}".rstrip()
