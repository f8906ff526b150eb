"""Library entries and readings."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, F, Prefetch, Q

from books.models import Book
from core.db.fields import FoldedField
from core.db.updates import update_row

MAX_NOTES = 10_000
RATINGS = [Decimal(halves) / 2 for halves in range(2, 11)]
RATING_RULE = "A rating is 1 to 5, in halves."
RATING_SCHEMA = {"type": "number", "minimum": 1, "maximum": 5, "multipleOf": 0.5}


class LibraryEntryQuerySet(models.QuerySet["LibraryEntry"]):
    def owned_by(self, owner: Any) -> Self:
        """The entries of a user; for an anonymous client those of the shared library."""
        return self.filter(user=None if isinstance(owner, AnonymousUser) else owner)

    def with_details(self) -> Self:
        """Loads the related rows that a response contains, with a fixed number of queries."""
        books = Prefetch("book", Book.objects.listed())
        return self.prefetch_related(books, "readings")

    def count_by_status(self) -> dict[str, int]:
        counts = dict(self.order_by().values_list("status").annotate(number=Count("pk")))
        return {status: counts.get(status, 0) for status in LibraryEntry.Status.values}


class LibraryEntry(models.Model):
    """A book in a library. An entry without a user belongs to the shared library, which anonymous clients use."""

    class Status(models.TextChoices):
        WANT_TO_READ = "want_to_read", "Want to read"
        READING = "reading", "Reading"
        READ = "read", "Read"
        STOPPED = "stopped", "Stopped"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_entries", null=True, blank=True
    )
    book = models.ForeignKey(Book, models.PROTECT, related_name="library_entries")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.WANT_TO_READ)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True, help_text=RATING_RULE)
    notes = models.TextField(max_length=MAX_NOTES, blank=True, default="")
    notes_key = FoldedField(source="notes", cut=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Counts the changes of the entry.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = LibraryEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "library entries"
        constraints = [
            models.UniqueConstraint(fields=["user", "book"], name="library_entry_unique"),
            models.UniqueConstraint(
                fields=["book"], condition=Q(user=None), name="library_entry_unique_on_shared_shelf"
            ),
            models.CheckConstraint(
                condition=Q(rating__in=RATINGS),
                name="library_entry_rating_in_halves",
                violation_error_message=RATING_RULE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} ({self.get_status_display()})"

    @property
    def etag(self) -> str:
        """Differs after every change of the entry, its readings or its book."""
        return f'"{self.pk}-{self.version}-{self.book.updated_at.timestamp():.6f}"'

    def bump_version(self) -> Self:
        """Gives the entry a new ETag after a change of one of its readings."""
        self.version += 1
        update_row(self, ["version", "updated_at"])
        return self


class Reading(models.Model):
    """One time the book was read. Either date may be unknown."""

    entry = models.ForeignKey(LibraryEntry, models.CASCADE, related_name="readings")
    started_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = [F("started_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_on__gte=F("started_on")) | Q(started_on=None) | Q(finished_on=None),
                name="reading_finished_after_start",
                violation_error_message="A book is finished no earlier than it was started.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_on or '?'} to {self.finished_on or '?'}"
