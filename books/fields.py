"""Model fields of the catalogue's own."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from books.search import fold

# A PostgreSQL index entry holds some 2,700 bytes, and a few letters fold into many: a longer key is cut.
MAX_FOLDED = 600


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
        folded = fold(getattr(model_instance, self.source))[: MAX_FOLDED if self.cut else None]
        setattr(model_instance, self.attname, folded)
        return folded

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "collation": "C" if connection.vendor == "postgresql" else None}
