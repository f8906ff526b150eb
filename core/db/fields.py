"""Model fields."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from core.partial_date import PartialDate
from core.text import fold, fold_to_key


class FoldedField(models.TextField[str | None, str | None]):
    """Stores the folded form of another field, followed by that of a second one if `second` names it.

    It is set when the row is saved or created in bulk. A nullable one is null if the text is empty. PostgreSQL compares
    it bytewise (collation "C") as SQLite does, so that both databases sort and match equally. A `bulk_update` of the
    other fields must include this one.
    """

    def __init__(self, *args: Any, source: str, second: str | None = None, cut: bool = True, **kwargs: Any) -> None:
        self.source = source
        self.second = second
        self.cut = cut  # False for long text that is not indexed
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        options = {"source": self.source, **({"second": self.second} if self.second else {})}
        return name, path, list(args), {**kwargs, **options, **({} if self.cut else {"cut": False})}

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:  # noqa: FBT001  Django's
        texts = [getattr(model_instance, name) for name in (self.source, self.second) if name]
        folded = self._fold(" ".join(each for each in texts if each))
        setattr(model_instance, self.attname, folded)
        return folded

    def _fold(self, text: str) -> str | None:
        if self.null and not text:
            return None
        return fold_to_key(text) if self.cut else fold(text)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "collation": "C" if connection.vendor == "postgresql" else None}


class PartialDateField(models.Field[Any, Any]):
    """Stores a date as `2024`, `2024-05` or `2024-05-03`, which sorts by time as text."""

    description = "A day, a month or a year"
    pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": 10})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, list(args), kwargs

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: str | None, *_: Any) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        """Raises ValidationError."""
        if value in (None, ""):
            return None
        if isinstance(value, date):
            return PartialDate.of(value)
        try:
            return PartialDate.parse(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> str | None:
        converted = self.to_python(value)
        return str(converted) if converted else None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")
