"""Model fields."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from core.text import fold, fold_to_key


class FoldedField(models.TextField[str, str]):
    """Stores the folded form of another field. It is set when the row is saved or created in bulk.

    PostgreSQL compares it bytewise (collation "C") as SQLite does, so that both databases sort and match equally. A
    `bulk_update` of the other field must include this one.
    """

    def __init__(self, *args: Any, source: str, cut: bool = True, **kwargs: Any) -> None:
        self.source = source
        self.cut = cut  # False for long text that is not indexed
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, list(args), {**kwargs, "source": self.source, **({} if self.cut else {"cut": False})}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  Django's
        text = getattr(model_instance, self.source)
        folded = fold_to_key(text) if self.cut else fold(text)
        setattr(model_instance, self.attname, folded)
        return folded

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "collation": "C" if connection.vendor == "postgresql" else None}
