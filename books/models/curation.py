"""Which fields of a book a person set."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CuratedField(models.Model):
    """A field of a book that a person set: what comes from outside never overwrites it, and is kept here beside it."""

    book = models.ForeignKey("books.Book", models.CASCADE, related_name="curated_fields")
    field = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    source_value = models.JSONField(null=True, help_text="What the source says now.")

    class Meta:
        ordering = ["field"]
        constraints = [models.UniqueConstraint(fields=["book", "field"], name="curated_field_unique")]

    def __str__(self) -> str:
        return self.field
