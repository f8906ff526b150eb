"""The field of a book with the address of its cover."""

from typing import Any

from django import forms
from django.db import models

from books.uploaded_covers import validate_cover_url


class CoverUrlField(models.URLField[str | None, str | None]):
    """A URL, or the path of an uploaded cover."""

    default_validators = [validate_cover_url]

    def deconstruct(self) -> Any:
        """Describes a URLField, whose column is the same: another path would rebuild the table on SQLite."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs

    def formfield(self, **options: Any) -> Any:  # type: ignore[override]  # Django's arguments by name
        """A text field, because browsers accept no path in a field for URLs. The admin sends options of a URLField."""
        options = {name: value for name, value in options.items() if name != "assume_scheme"}
        return models.CharField.formfield(self, **{**options, "widget": forms.TextInput({"class": "vTextField"})})
