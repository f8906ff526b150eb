"""Fields of books that a person set."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CuratedField(models.Model):
    """A field that a person set. Ingest does not overwrite it and stores the source's value here."""

    book = models.ForeignKey("books.Book", models.CASCADE, related_name="curated_fields")
    field = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    source_value = models.JSONField(null=True, help_text="The value that the source states now.")

    class Meta:
        ordering = ["field"]
        constraints = [models.UniqueConstraint(fields=["book", "field"], name="curated_field_unique")]

    def __str__(self) -> str:
        return self.field
