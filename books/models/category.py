"""The categories under which sources list books."""

from django.db import models

from books.records import MAX_TEXT
from core.db.fields import FoldedField


class Category(models.Model):
    name = models.CharField(
        max_length=MAX_TEXT["category"],
        unique=True,
        error_messages={"unique": "A category with this name already exists."},
    )
    name_key = FoldedField(source="name", db_index=True)

    class Meta:
        ordering = ["name_key", "pk"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name
