"""Publication: lists contain published rows only. Other rows are in the libraries that contain the book."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

Row = TypeVar("Row", bound=models.Model)


def published_field() -> "models.BooleanField[Any, Any]":
    """The database has the default too, because ingest inserts only the columns that a source states."""
    return models.BooleanField(
        "published",
        default=True,
        db_default=True,
        editable=False,
        help_text="Lists contain published rows only; other books are only in the libraries that contain them.",
    )


class PublishedQuerySet(models.QuerySet[Row]):
    """Of a model with the field `is_published`; `entries` is the path from a row to library entries."""

    entries: str

    def published(self) -> Self:
        """The rows that everybody may see."""
        return self.filter(is_published=True)

    def published_or_in(self, user: Any, *, with_shared: bool = False) -> Self:
        """The published rows and those in the user's library; without a user those in the shared library.

        `with_shared` adds the rows in the shared library to those of a user.
        """
        owner = f"{self.entries}__user"
        is_shared = Q(**{f"{owner}__isnull": True, f"{self.entries}__isnull": False})
        in_library = Q(**{owner: user}) if user else is_shared
        found = self.model._default_manager.filter(in_library | is_shared if with_shared else in_library)
        return self.filter(Q(is_published=True) | Exists(found.filter(pk=OuterRef("pk")).order_by()))

    def visible_to(self, user: Any, *, with_shared: bool = False) -> Self:
        """The rows that a person may see: staff who may view or change them see all.

        `with_shared` states whether the person may use the shared library.
        """
        if user is not None and user.is_authenticated:
            return self if _may_see_all(user, self.model) else self.published_or_in(user, with_shared=with_shared)
        return self.published_or_in(None) if with_shared else self.published()


def _may_see_all(user: Any, model: type[models.Model]) -> bool:
    permissions = (f"{model._meta.app_label}.{action}_{model._meta.model_name}" for action in ("view", "change"))
    return user.is_staff and any(user.has_perm(permission) for permission in permissions)
