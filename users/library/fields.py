"""Serializer fields of library entries and readings."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import StrictCharField, StrictIntegerField, StrictSerializer
from core.db.fields import PartialDateField as PartialDateModelField
from core.partial_date import RULE, PartialDate
from core.text import fold_to_key
from users.models.library import MAX_PAGE, RATING_RULE, RATING_SCHEMA, RATINGS
from users.models.tag import MAX_TAG, MAX_TAGS, UNCOMPARABLE

RATING_TEXT = r"0\.5|[1-4](\.[05])?|5(\.0)?"
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@extend_schema_field(
    {
        "oneOf": [RATING_SCHEMA, {"type": "string", "pattern": f"^({RATING_TEXT})?$"}],
        "nullable": True,
        "example": "4.5",
    }
)
class RatingField(serializers.DecimalField):
    """0.5 to 5 in halves. Responses contain the string "4.5"; requests may contain the number as well. "" is null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=2, decimal_places=1, allow_null=True, required=False, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            raise serializers.ValidationError(RATING_RULE)
        if isinstance(data, str) and not re.fullmatch(RATING_TEXT, data):
            raise serializers.ValidationError(RATING_RULE)
        rating = Decimal(str(data))
        if rating not in RATINGS:
            raise serializers.ValidationError(RATING_RULE)
        return rating


@extend_schema_field(
    {"type": "string", "pattern": PartialDateModelField.pattern, "nullable": True, "example": "2026-01-09"}
)
class PartialDateField(serializers.Field[PartialDate, Any, str, Any]):
    """A day, a month or a year."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def to_internal_value(self, data: Any) -> PartialDate:
        try:
            return PartialDate.parse(data if isinstance(data, str) else "")
        except ValueError as error:
            message = RULE if str(error) == RULE else f"The calendar has no such date. {RULE}"
            raise serializers.ValidationError(message) from error

    def to_representation(self, value: PartialDate) -> str:
        return str(value)


class StrictDateField(serializers.DateField):
    """A day as `2026-01-09`; a date with a time is rejected."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not DATE.fullmatch(value):
            raise serializers.ValidationError("Use a date such as 2024-05-03.")
        return super().to_internal_value(value)


class TagValidator:
    """Rejects tags of accents only, except those that an earlier version stored with the entry in the context."""

    requires_context = True

    def __call__(self, name: str, field: serializers.Field[Any, Any, Any, Any]) -> None:
        entry = field.context.get("entry")
        if not fold_to_key(name) and not (entry and entry.tags.filter(name=name).exists()):
            raise serializers.ValidationError(UNCOMPARABLE.format(name=name))


class TagsField(serializers.ListField):
    """Names. Tags that differ only in case, accents and punctuation are one tag."""

    child = StrictCharField(max_length=MAX_TAG, validators=[TagValidator()])

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": MAX_TAGS, **options})

    def to_representation(self, data: Any) -> list[str]:
        return [tag.name for tag in data.all()]


class ProgressSerializer(StrictSerializer):
    """How far the reader is: a page or per cent of the book."""

    example = {"page": 120}
    page = StrictIntegerField(required=False, min_value=0, max_value=MAX_PAGE)
    percent = StrictIntegerField(required=False, min_value=0, max_value=100)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Send either page or percent.")
        return attrs

    def to_representation(self, instance: Any) -> Any:
        return instance
