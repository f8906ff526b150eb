"""Serializers that take what their schema says and nothing that merely looks like it.

The REST framework is generous: `0` becomes the text "0", "yes" becomes true, an unknown field is dropped. What a client
meant is then guessed, and a mistake looks saved.
"""

from typing import Any

from django.db import models
from rest_framework import serializers

MOST_TOLD = 20


class Text(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:  # as it came, before blanks are taken off
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """JSON has one kind of number: 3.0 is whole, 3.5 and true are not."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data % 1:
            self.fail("invalid")
        return super().to_internal_value(int(data))


class TrueOrFalse(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Amount(serializers.DecimalField):
    """A decimal as a string: a JSON number may have lost digits on its way."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError('A decimal is sent as a string, such as "51.77".', code="invalid")
        return super().to_internal_value(data)


class ById(serializers.PrimaryKeyRelatedField[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses a field that it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(str(name) for name in set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:  # the first ones: a body of 100,000 of them gets no answer of 10 MB
            raise serializers.ValidationError(
                {name: ["No such field."] for name in unknown[:MOST_TOLD]}, code="unknown"
            )
        return super().to_internal_value(data)


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """Refuses unknown fields and values of another type than the schema's."""

    serializer_related_field = ById
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.SmallIntegerField: WholeNumber,
        models.PositiveIntegerField: WholeNumber,
        models.PositiveSmallIntegerField: WholeNumber,
        models.BooleanField: TrueOrFalse,
        models.DecimalField: Amount,
    }
