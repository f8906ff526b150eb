"""Filters for lists, used by the API and by pages."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Any

import django_filters
from django import forms
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django_filters.fields import BaseCSVField, ChoiceField
from django_filters.widgets import BaseCSVWidget
from drf_spectacular.utils import extend_schema_field

from core.text import describe_unknown_choice, fold

MAX_TEXT_LENGTH = 500
MOMENT_PATTERN = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?$"
)
UNESCAPED_PLUS = re.compile(r"(?<=:[0-9]{2}) (?=[0-9]{2}:[0-9]{2}$)")  # in an address, `+` means a space
MOMENT_RULE = "Enter a day or a time of ISO 8601, such as 2026-11-20 or 2026-11-20T06:00:00Z."


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


class MomentField(forms.CharField):
    """A day or a time in ISO 8601. A day is its beginning, and a time without an offset is in UTC."""

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return to_utc(parse_datetime(UNESCAPED_PLUS.sub("+", text)), self.find_zone())
        except (ValueError, OverflowError) as error:  # a day that no month has, a year before 1 or after 9999 in UTC
            raise forms.ValidationError(MOMENT_RULE, code="invalid") from error

    def find_zone(self) -> tzinfo:
        return UTC


class LocalMomentField(MomentField):
    """In the current time zone instead of UTC: that of the reader on a page."""

    def find_zone(self) -> tzinfo:
        return timezone.get_current_timezone()


def to_utc(moment: datetime | None, zone: tzinfo) -> datetime:
    """`zone` is that of a time without an offset. Raises ValueError for None."""
    if moment is None:
        raise ValueError
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


@extend_schema_field({"type": "string", "pattern": MOMENT_PATTERN})
class MomentFilter(django_filters.Filter):
    field_class = MomentField


class LocalMomentFilter(MomentFilter):
    field_class = LocalMomentField


class StrictChoiceField(ChoiceField):
    """The error message lists the choices and suggests the nearest one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"empty_label": "any", **options})

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)
        names = [str(name) for name, _ in self.choices if name] if value else []
        if value and value not in names:
            problem = describe_unknown_choice(str(value), names)
            # As a parameter, because django-filter formats the message, and the value can contain a `%`.
            raise forms.ValidationError("%(problem)s", code="invalid_choice", params={"problem": problem})


class StrictChoiceFilter(django_filters.ChoiceFilter):
    field_class = StrictChoiceField


class TrueOrFalseField(StrictChoiceField):
    def clean(self, value: Any) -> bool | None:
        return {"true": True, "false": False}.get(super().clean(value))


@extend_schema_field(bool)
class StrictBooleanFilter(django_filters.ChoiceFilter):
    """`true` or `false`. Other values are rejected; django-filter's own boolean filter ignores them."""

    field_class = TrueOrFalseField

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[("true", "yes"), ("false", "no")], **options)


class FoldedTextField(forms.CharField):
    """Text that is compared folded. Text that folds to nothing is rejected, because it would match everything."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TEXT_LENGTH, **options)

    def clean(self, value: Any) -> str:
        self.run_validators(value)  # checks the length before surrounding whitespace is removed
        text = str(super().clean(value))
        if text and not fold(text):
            raise forms.ValidationError("The text consists of accents, which are not compared.", code="invalid")
        return text


@extend_schema_field({"type": "string", "maxLength": MAX_TEXT_LENGTH})
class FoldedTextFilter(django_filters.CharFilter):
    field_class = FoldedTextField


class RepeatableWidget(BaseCSVWidget):
    """Reads both styles of a list, `a,b` and a repeated parameter, because clients are generated with either."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str] | None:
        values = data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name, "")]
        return [item for value in values for item in value.split(",") if item]


class UniqueNamesField(BaseCSVField):
    """A list without repeated names: a database rejects an ordering by thousands of columns."""

    base_widget_class = RepeatableWidget

    def clean(self, value: list[str] | None) -> Any:
        names = [name.removeprefix("-") for name in value or [] if name]
        if len(set(names)) < len(names):
            raise forms.ValidationError("A field is named twice.", code="invalid")
        return super().clean(value)


class StableOrderingFilter(django_filters.OrderingFilter):
    """Orders NULLs last in both directions and ends with the primary key, so that no row is on two pages.

    The key has the direction of the last field, so that one index serves both directions.
    """

    base_field_class = UniqueNamesField
    field_class = StrictChoiceField

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"empty_label": "default", "label": "Sort by", **options})

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        names = [name for name in value or [] if name]
        if not names:
            return qs
        terms = [self._to_expression(qs.model, name) for name in names]
        return qs.order_by(*terms, "-pk" if names[-1].startswith("-") else "pk")

    def _to_expression(self, model: type[Model], name: str) -> OrderBy:
        path = self.param_map[name.removeprefix("-")]
        is_nullable = any(field.null for field in get_fields_from_path(model, path))
        return OrderBy(F(path), descending=name.startswith("-"), nulls_last=is_nullable or None)
