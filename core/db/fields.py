"""Model fields."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

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
