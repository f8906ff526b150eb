"""Which authors a book has."""

from django.db import models
from django.db.models import Q

from books.models.author import Author
from books.records import MAX_TEXT
from core.db.fields import FoldedField


class Authorship(models.Model):
    """An author of a book; `position` is the order on the title page.

    `name` is the author's name as this book states it, such as in another script. Null if it is the author's usual one.
    """

    book = models.ForeignKey("books.Book", models.CASCADE, related_name="authorships", db_index=False)
    author = models.ForeignKey(Author, models.PROTECT, related_name="authorships")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(
        "name in this book",
        max_length=MAX_TEXT["author"],
        null=True,
        blank=True,
        help_text="Only if it differs from the author's name, such as in another script.",
    )
    name_key = FoldedField(source="name", null=True)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            # Finds authors by the names in their books, without an entry for the many books that state none.
            models.Index(fields=["name_key", "author"], condition=Q(name_key__isnull=False), name="authorship_name")
        ]
        constraints = [models.UniqueConstraint(fields=["book", "author"], name="authorship_unique")]

    def __str__(self) -> str:
        return f"{self.shown_name} ({self.book})"

    @property
    def shown_name(self) -> str:
        return self.name or self.author.name
