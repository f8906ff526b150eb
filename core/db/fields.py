"""Model fields of the catalogue's own."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from core.text import fold, key_of


class FoldedField(models.TextField[str, str]):
    """Keeps the folded form of another field of its row; set whenever the row is saved or created in bulk.

    PostgreSQL compares it byte by byte (collation "C"), as SQLite does: both databases sort and match alike. A
    `bulk_update` of the other field must name this one too.
    """

    def __init__(self, *args: Any, source: str, cut: bool = True, **kwargs: Any) -> None:
        self.source = source
        self.cut = cut  # not where it is long text that no index holds
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, list(args), {**kwargs, "source": self.source, **({} if self.cut else {"cut": False})}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  Django's
        text = getattr(model_instance, self.source)
        folded = key_of(text) if self.cut else fold(text)
        setattr(model_instance, self.attname, folded)
        return folded

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "collation": "C" if connection.vendor == "postgresql" else None}
