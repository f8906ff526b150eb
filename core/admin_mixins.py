"""Mixins for admin classes."""

from collections import Counter
from datetime import MAXYEAR, MINYEAR
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import NestedObjects, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import router, transaction
from django.db.models import Field, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_datetime
from simple_history.admin import SimpleHistoryAdmin

from core.db.updates import update_row
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
        field = next((path for path in declared if path and f"{lookup}__".startswith(f"{path}__")), None)
        rest = lookup.removeprefix(field or "").split("__")[1:]
        if len(rest) == 1 and rest[0] in DATE_PARTS:
            return field in declared and str(value).isdecimal() and 1 <= int(value) < MAXYEAR
        return field in declared and set(rest) <= ALLOWED_LOOKUPS and is_valid_for_databases(str(value))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH_LENGTH])  # type: ignore[misc]  # a mixin


class FoldedSearchMixin(RestrictedFilterMixin):
    """Searches folded columns with the folded term, so that accents do not matter on either database.

    Folded columns are searched with `__contains`: PostgreSQL does not fold the case of Cyrillic letters in them.
    """

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        return super().get_search_results(request, queryset, fold(search_term[:MAX_SEARCH_LENGTH]))


class CountedDeletionMixin:
    """The confirmation of a deletion counts the related rows. Django's names each, which would reveal private ones."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        _, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]  # a mixin
        if protected:  # permissions would not help, so that the page states only what prevents the deletion
            return list(map(str, objs)), counts, set(), count_protected(objs)
        return list(map(str, objs)), counts, missing_permissions, []


def count_protected(rows: Any) -> list[str]:
    """How many rows of each model prevent the deletion, such as "3 library entries"."""
    collector = NestedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
    collector.collect(rows)
    numbers = Counter(type(row)._meta for row in collector.protected)
    return [f"{n:,} {each.verbose_name if n == 1 else each.verbose_name_plural}" for each, n in numbers.items()]


class UpdateOnlyMixin:
    """The form of a row that was deleted in the meantime is 404; Django would insert the row again."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        if change:
            update_row(obj)
        else:
            super().save_model(request, obj, form, change)  # type: ignore[misc]  # a mixin


class HistoryAdmin(SimpleHistoryAdmin[Any]):
    """Reverting to an earlier version is an ordinary change of the row, by the form of that version.

    simple_history compares the form with the earlier version instead of the row, and lets staff revert who have only
    the permission to view. Subclasses save `form.changed_data` and lock the row in `get_object`.
    """

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        parse_id(self.opts.pk, unquote(object_id))
        return super().history_view(request, object_id, extra_context)  # type: ignore[no-any-return]  # untyped

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        parse_id(self.opts.pk, object_id)
        parse_id(self.model.history.model._meta.pk, version_id)
        if request.method == "POST":
            return self._revert(request, object_id, version_id)
        return super().history_form_view(request, object_id, version_id, extra_context)  # type: ignore[no-any-return]

    @transaction.atomic
    def _revert(self, request: HttpRequest, object_id: str, version_id: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404("The row was deleted.")
        get_object_or_404(row.history, pk=version_id)
        form = self.get_form(request, row, change=True)(request.POST, request.FILES, instance=row)
        for field in form.fields.values():
            field.show_hidden_initial = False  # the page's hidden inputs contain the version, not the row
        if not form.is_valid():
            reasons = "; ".join(f"{name}: {' '.join(errors)}" for name, errors in form.errors.items())
            self.message_user(request, f"The version cannot be restored. {reasons}", messages.ERROR)
        elif not form.changed_data:
            self.message_user(request, "Nothing was changed: the version equals the current state.", messages.WARNING)
        else:
            return self._save_version(request, form)
        return HttpResponseRedirect(request.path)

    def _save_version(self, request: HttpRequest, form: Any) -> HttpResponse:
        row = self.save_form(request, form, change=True)
        self.save_model(request, row, form, change=True)
        self.save_related(request, form, [], change=True)
        self.log_change(request, row, self.construct_change_message(request, form, []))
        response: HttpResponse = self.response_change(request, row)
        return response


def parse_id(field: Field[Any, Any], text: str) -> Any:
    """Raises Http404 for a text that cannot be an id."""
    try:
        return field.to_python(text)
    except ValidationError as error:
        raise Http404("There is no such page.") from error
