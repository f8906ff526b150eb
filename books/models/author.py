"""Authors."""

from django.db import models
from django.db.models import Q

from books.models.publication import PublishedQuerySet, published_field
from books.records import MAX_KEY, MAX_TEXT
from core.db.fields import FoldedField


class AuthorQuerySet(PublishedQuerySet["Author"]):
    entries = "books__library_entries"


class Author(models.Model):
    """An author, identified by `source` and `source_key` like a book. Both are null if a person entered the author.

    An author of unpublished books only is not published.
    """

    name = models.CharField(max_length=MAX_TEXT["author"])
    name_key = FoldedField(source="name")
    # Ingest compares names with this one, because a person may have changed `name`.
    stated_name = models.CharField(
        max_length=MAX_TEXT["author"], null=True, editable=False, help_text="The name that the source stated first."
    )
    source = models.CharField(max_length=MAX_TEXT["source"], null=True, blank=True, help_text="The name of a source.")
    source_key = models.CharField(
        max_length=MAX_KEY,
        null=True,
        blank=True,
        help_text="Identifies the author at the source, such as Open Library's OL…A.",
    )
    is_published = published_field()

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "pk"]
        indexes = [
            models.Index(fields=["name_key", "id", "is_published"], name="author_by_name_key"),
            models.Index(fields=["id"], condition=Q(is_published=False), name="author_unpublished"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                name="author_source_key_unique",
                violation_error_message="The catalogue already has an author with this source and key.",
            ),
            models.CheckConstraint(
                condition=Q(source=None, source_key=None)
                | (Q(source__isnull=False, source_key__isnull=False) & ~Q(source="") & ~Q(source_key="")),
                name="author_source_has_key",
                violation_error_message="State a source and its key together, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
