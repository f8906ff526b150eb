"""The sources of books."""

from django.db import models

from books.records import MAX_TEXT


class Source(models.Model):
    """An origin of books. `Book.source` is its name, without a foreign key, so that ingest looks up no ids."""

    OPEN_LIBRARY = "open_library"
    MANUAL = "manual"
    IMPORT = "import"

    name = models.SlugField(primary_key=True, max_length=MAX_TEXT["source"])
    label = models.CharField(max_length=100, help_text="The name that people read.")
    is_shop = models.BooleanField(default=False, help_text="Whether books have prices there.")
    shows_covers = models.BooleanField(default=True, help_text="Whether pages may show its covers.")
    is_provisional = models.BooleanField(
        default=False, help_text="Whether its books are from a first crawl that has not been accepted yet."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.label
