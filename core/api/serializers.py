"""Serializers that accept only what their schema states.

The REST framework converts: `0` becomes the text "0", "yes" becomes true, and unknown fields are dropped. A client's
mistake then looks as if it had been saved.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.fields import empty

from core.db.updates import update_row
from core.text import describe_unknown_choice

MAX_REPORTED = 20  # unknown names in one response: a body with 100,000 of them must not produce 10 MB


class StrictCharField(serializers.CharField):
    """A JSON string. The length limit applies before surrounding whitespace is removed."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class StrictIntegerField(serializers.IntegerField):
    """A JSON number without a fraction: 3.0 is valid, 3.5 and true are not."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data % 1:
            self.fail("invalid")
        return super().to_internal_value(int(data))


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictDecimalField(serializers.DecimalField):
    """A decimal as a string, because a JSON number may lose digits in transit."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError('A decimal is sent as a string, such as "51.77".', code="invalid")
        return super().to_internal_value(data)


class StrictChoiceField(serializers.ChoiceField):
    """The error message lists the choices and suggests the nearest one. Rejects an empty value of a form."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(describe_unknown_choice(str(data), list(self.choices)), "invalid_choice")
        return data


class StrictPrimaryKeyField(serializers.PrimaryKeyRelatedField[Any]):
    default_error_messages = {
        "does_not_exist": "There is no row with the id {pk_value}.",
        "incorrect_type": "Enter an id: a whole number, without quotation marks.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """Rejects unknown fields."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(str(name) for name in set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError(
                {name: ["No such field."] for name in unknown[:MAX_REPORTED]}, code="unknown"
            )
        return super().to_internal_value(data)


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """Rejects unknown fields and values of a type other than the schema's."""

    serializer_related_field = StrictPrimaryKeyField
    serializer_choice_field = StrictChoiceField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictCharField,
        models.TextField: StrictCharField,
        models.SmallIntegerField: StrictIntegerField,
        models.PositiveIntegerField: StrictIntegerField,
        models.PositiveSmallIntegerField: StrictIntegerField,
        models.BooleanField: StrictBooleanField,
        models.DecimalField: StrictDecimalField,
    }

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Raises Http404 if the row was deleted; the REST framework would insert it again."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        update_row(instance)
        return instance
