"""Tags of library entries."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.db.fields import FoldedField

MAX_TAG = 100  # characters
MAX_TAGS = 100  # of an entry
UNCOMPARABLE = "The tag “{name}” has only accents. Use at least one letter, digit or sign."


class Tag(models.Model):
    """A reader's word for books in the library. A tag without an owner belongs to the shared library.

    Tags that differ only in case, accents and punctuation are the same tag.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tags", null=True, blank=True)
    name = models.CharField(max_length=MAX_TAG)
    name_key = FoldedField(source="name")

    class Meta:
        ordering = ["name_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name_key"], name="tag_unique"),
            models.UniqueConstraint(fields=["name_key"], condition=Q(owner=None), name="tag_unique_in_shared_library"),
            models.CheckConstraint(
                condition=~Q(name=""), name="tag_not_empty", violation_error_message="Enter a tag, or remove it."
            ),
        ]

    def __str__(self) -> str:
        return self.name
