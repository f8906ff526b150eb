"""Mixins for admin classes."""

from datetime import MAXYEAR, MINYEAR
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from core.text import fold

ALLOWED_LOOKUPS = {"id", "pk", "exact", "isnull", "isempty", "gte", "lt"}
DATE_PARTS = {"year", "month", "day"}
MAX_SEARCH_LENGTH = 200  # characters


def is_valid_for_databases(value: str) -> bool:
    """Whether the databases can compare the value: no NUL, and no time that overflows in another time zone."""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return False
    return value.isprintable() and (moment is None or MINYEAR < moment.year < MAXYEAR)


class ReadOnlyMixin:
    """Rows cannot be added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RestrictedFilterMixin:
    """Allows only the filters that the list declares.

    Django allows filtering by any column and lookup in the URL. A hidden column could be guessed letter by letter, and
    a regular expression can block SQLite, and with it the process, for an unlimited time.
    """

    list_filter: ClassVar[Any] = ()
    date_hierarchy: ClassVar[str | None] = None

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        declared = {each[0] if isinstance(each, tuple) else each for each in (*self.list_filter, self.date_hierarchy)}
        field, *rest = lookup.split("__")
        if len(rest) == 1 and rest[0] in DATE_PARTS:
            return field in declared and str(value).isdecimal() and 1 <= int(value) < MAXYEAR
        return field in declared and set(rest) <= ALLOWED_LOOKUPS and is_valid_for_databases(str(value))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH_LENGTH])  # type: ignore[misc]  # a mixin


class FoldedSearchMixin(RestrictedFilterMixin):
    """Searches folded columns with the folded term, so that accents do not matter on either database."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, fold(search_term[:MAX_SEARCH_LENGTH]))
