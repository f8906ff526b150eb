"""Filters for lists, used by the API and by pages."""

from typing import Any

import django_filters
from django import forms
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django_filters.fields import BaseCSVField
from drf_spectacular.utils import extend_schema_field

from core.text import fold

MAX_TEXT_LENGTH = 500


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


@extend_schema_field(bool)
class StrictBooleanFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`. Other values are rejected; django-filter's own boolean filter ignores them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], coerce=lambda v: v == "true", **kwargs)


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


class UniqueNamesField(BaseCSVField):
    """A list without repeated names: a database rejects an ordering by thousands of columns."""

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
