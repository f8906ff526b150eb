"""Where imported library entries come from."""

from django.db import models

from users.models.library import LibraryEntry


class EntryOrigin(models.Model):
    """A row of an imported file from which an entry was made or completed.

    `source` is the format of the file, `source_id` the row's identity there, empty if the file has none. `raw` has the
    row's cells by column, so that a later version can read what this one does not use.
    """

    entry = models.ForeignKey(LibraryEntry, models.CASCADE, related_name="origins")
    source = models.CharField(max_length=32)
    source_id = models.CharField(max_length=200, blank=True, default="")
    raw = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["source", "source_id"], name="entry_origin_by_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}".rstrip()
