"""Imports of library files: jobs, and the rows of their files."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from books.models import Book
from users.models.library import LibraryEntry


class ImportJob(models.Model):
    """One import of a file to a user's library.

    `file` is a name in the default storage, empty after the file was deleted. `columns` and `samples` are for the
    choice of a column mapping. `mapping` has the file's column for each field that it has. `answers` are the reader's:
    `shelves` and `media` by name, and `overwrite`. `undone` counts what an undo removed, restored and kept.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Being read"
        NEEDS_MAPPING = "needs_mapping", "Waiting for the meaning of the columns"
        PREVIEWING = "previewing", "Counting what your answers change"
        READY = "ready", "Ready to import"
        IMPORTING = "importing", "Importing"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    # A worker has to do something.
    ACTIVE: ClassVar[tuple[str, ...]] = (State.UPLOADED, State.PREVIEWING, State.IMPORTING, State.UNDOING)
    ENDED: ClassVar[tuple[str, ...]] = (State.FINISHED, State.CANCELLED)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="import_jobs")
    state = models.CharField(max_length=16, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(max_length=200)
    file = models.CharField(max_length=200, blank=True, default="")
    file_hash = models.CharField(max_length=64)
    format = models.CharField(max_length=32, blank=True, default="")
    columns = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    unknown_columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    undone = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    task_id = models.CharField(max_length=64, blank=True, default="")
    retry_at = models.DateTimeField(null=True, help_text="When Open Library is asked again.")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "updated_at"], name="import_job_by_state")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def has_ended(self) -> bool:
        """Whether rows were imported, the last one included. Those of a cancelled import stay in the library."""
        return self.state in self.ENDED and self.started_at is not None

    def count_outcomes(self) -> dict[str, int]:
        """The number of rows of each outcome."""
        counts = dict(self.rows.order_by().exclude(outcome=None).values_list("outcome").annotate(Count("pk")))
        return {outcome: counts.get(outcome, 0) for outcome in ImportJobRow.Outcome.values}


class ImportJobRow(models.Model):
    """A row of an imported file.

    `raw` has the file's cells, `values` the row in Colophon's terms. `problems` are cells that were not used. `reason`
    explains the outcome, `fields` are those of the entry that the row changed. `effects` are what an undo reverts.
    `match` is how the book was found. `suggestions` are ids of books that may be the one meant. `lookup` states
    whether the book has to be requested from Open Library.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", "Added"
        UPDATED = "updated", "Completed"
        UNCHANGED = "unchanged", "Unchanged"
        MERGED = "merged", "Merged"
        NEEDS_REVIEW = "needs_review", "To review"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"

    class Lookup(models.TextChoices):
        NONE = "", "Not needed"
        WAITING = "waiting", "Waiting"
        FOUND = "found", "Found"
        UNKNOWN = "unknown", "Unknown to Open Library"

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    raw = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, null=True)
    reason = models.TextField(blank=True, default="")
    fields = models.JSONField(default=list)
    effects = models.JSONField(default=dict)
    match = models.CharField(max_length=16, blank=True, default="")
    suggestions = models.JSONField(default=list)
    lookup = models.CharField(max_length=8, choices=Lookup.choices, blank=True, default=Lookup.NONE)
    entry = models.ForeignKey(LibraryEntry, models.SET_NULL, null=True, related_name="import_rows")
    book = models.ForeignKey(Book, models.SET_NULL, null=True, related_name="import_rows")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_unique")]
        indexes = [
            models.Index(fields=["job", "outcome", "number"], name="import_row_by_outcome"),
            models.Index(fields=["job", "number"], condition=Q(lookup="waiting"), name="import_row_lookup"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.title}"

    @property
    def title(self) -> str:
        book: dict[str, Any] = self.values.get("book", {})
        return book.get("title") or book.get("isbn_13") or book.get("work_key") or book.get("edition_key") or "No title"
