"""What lists in the admin share."""

from datetime import MAXYEAR, MINYEAR
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from core.text import fold

LOOKUPS = {"id", "pk", "exact", "isnull", "isempty", "gte", "lt"}
PARTS = {"year", "month", "day"}  # of a date
LONGEST_SEARCH = 200  # characters


def is_kept_by_databases(value: str) -> bool:
    """Whether it can be looked for: a text without NUL, a moment that every time zone's calendar has."""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return False
    return value.isprintable() and (moment is None or MINYEAR < moment.year < MAXYEAR)


class ReadOnly:
    """History is looked at, never written by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NarrowList:
    """Filters by what the list offers, and by nothing else.

    Django lets an address filter by any column, with any lookup: a column that is not shown could be guessed letter by
    letter, and a regular expression can keep SQLite, and so the whole process, busy for ever.
    """

    list_filter: ClassVar[Any] = ()
    date_hierarchy: ClassVar[str | None] = None

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        offered = {each[0] if isinstance(each, tuple) else each for each in (*self.list_filter, self.date_hierarchy)}
        field, *rest = lookup.split("__")
        if len(rest) == 1 and rest[0] in PARTS:
            return field in offered and str(value).isdecimal() and 1 <= int(value) < MAXYEAR
        return field in offered and set(rest) <= LOOKUPS and is_kept_by_databases(str(value))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])  # type: ignore[misc]  # a mixin


class FoldsSearch(NarrowList):
    """Searches the folded columns with the folded term: with or without accents, alike on both databases."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, fold(search_term[:LONGEST_SEARCH]))
