"""Library entries."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, Prefetch, Q, Window
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.utils import timezone

from books.models import Book
from core.db.fields import FoldedField
from core.db.updates import update_row
from users.models.tag import Tag

MAX_NOTES = MAX_REVIEW = 10_000
MAX_PAGE = 100_000
RATINGS = [Decimal(halves) / 2 for halves in range(1, 11)]
RATING_RULE = "A rating is 0.5 to 5, in halves."
RATING_SCHEMA = {"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 0.5}


class LibraryEntryQuerySet(models.QuerySet["LibraryEntry"]):
    def owned_by(self, owner: Any) -> Self:
        """The entries of a user; for an anonymous client those of the shared library."""
        return self.filter(user=None if isinstance(owner, AnonymousUser) else owner)

    def with_details(self) -> Self:
        """Loads the related rows that a response contains, with a fixed number of queries."""
        books = Prefetch("book", Book.objects.listed())
        return self.prefetch_related(books, "readings", "tags", "origins")

    def one_per_work(self) -> Self:
        """The first entry of each work in the order of the queryset. Books without a key are works of their own."""
        work = Coalesce("book__work_key", Cast("book_id", models.CharField()))
        order: Any = self.query.order_by or self.model._meta.ordering
        row = Window(RowNumber(), partition_by=work, order_by=list(order))
        return self.annotate(row_of_work=row).filter(row_of_work=1)

    def count_by_status(self) -> dict[str, int]:
        counts = dict(self.order_by().values_list("status").annotate(number=Count("pk")))
        return {status: counts.get(status, 0) for status in LibraryEntry.Status.values}


class LibraryEntry(models.Model):
    """A book in a library. An entry without a user belongs to the shared library, which anonymous clients use."""

    class Status(models.TextChoices):
        WANT_TO_READ = "want_to_read", "Want to read"
        READING = "reading", "Reading"
        PAUSED = "paused", "Paused"
        READ = "read", "Read"
        STOPPED = "stopped", "Stopped"

    class Format(models.TextChoices):
        UNKNOWN = "unknown", "Unknown"
        PAPER = "paper", "Paper"
        EBOOK = "ebook", "E-book"
        AUDIO = "audio", "Audio"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="library_entries", null=True, blank=True
    )
    book = models.ForeignKey(Book, models.PROTECT, related_name="library_entries")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.WANT_TO_READ)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True, help_text=RATING_RULE)
    review = models.TextField(max_length=MAX_REVIEW, blank=True, default="", help_text="What the reader thinks of it.")
    contains_spoilers = models.BooleanField(default=False, help_text="Whether the review reveals the plot.")
    notes = models.TextField(max_length=MAX_NOTES, blank=True, default="", help_text="Private.")
    notes_key = FoldedField(source="notes", second="review", cut=False)
    tags = models.ManyToManyField(Tag, related_name="entries", blank=True)
    owned = models.BooleanField(default=False, help_text="Whether the reader has a copy.")
    format = models.CharField(max_length=16, choices=Format.choices, default=Format.UNKNOWN)
    progress_page = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(MAX_PAGE)])
    progress_percent = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(100)])
    added_on = models.DateField(
        default=timezone.localdate, null=True, blank=True, help_text="Null if an import did not state it."
    )
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Counts the changes of the entry.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    other_editions: list[int]  # set by users.library.editions

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
            models.CheckConstraint(
                condition=Q(progress_page=None) | Q(progress_percent=None),
                name="library_entry_one_progress",
                violation_error_message="State the progress as a page or in per cent, not both.",
            ),
            models.CheckConstraint(
                condition=Q(progress_page__lte=MAX_PAGE),
                name="library_entry_page_in_range",
                violation_error_message=f"A page is at most {MAX_PAGE:,}.",
            ),
            models.CheckConstraint(
                condition=Q(progress_percent__lte=100),
                name="library_entry_percent_in_range",
                violation_error_message="A progress is at most 100 per cent.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} ({self.get_status_display()})"

    @property
    def etag(self) -> str:
        """Differs after every change of the entry, its readings or its book."""
        return f'"{self.pk}-{self.version}-{self.book.updated_at.timestamp():.6f}"'

    @property
    def progress(self) -> dict[str, int] | None:
        """How far the reader is: `page` or `percent`."""
        values = {"page": self.progress_page, "percent": self.progress_percent}
        return {name: value for name, value in values.items() if value is not None} or None

    def bump_version(self) -> Self:
        """Gives the entry a new ETag after a change of one of its readings."""
        self.version += 1
        update_row(self, ["version", "updated_at"])
        return self
