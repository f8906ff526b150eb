"""Authors."""

from django.db import models
from django.db.models import Q

from books.records import MAX_KEY, MAX_TEXT
from core.db.fields import FoldedField


class Author(models.Model):
    name = models.CharField(max_length=MAX_TEXT["author"])
    name_key = FoldedField(source="name")
    open_library_key = models.CharField(
        "Open Library key", max_length=MAX_KEY, null=True, blank=True, unique=True, help_text="OL…A"
    )

    class Meta:
        ordering = ["name_key", "pk"]
        indexes = [models.Index(fields=["name_key", "id"], name="author_name_order")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(open_library_key=""),
                name="author_open_library_key_null_or_text",
                violation_error_message="Leave an unknown value null; an empty text is not allowed.",
            )
        ]

    def __str__(self) -> str:
        return self.name
