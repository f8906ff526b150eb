"""Price observations, and prices that wait for review."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from books.models.availability import AvailabilityField, availability_constraint
from books.models.price_summary import percent_field

MAX_REASON = 200
PriceStatement = tuple[Decimal | None, str | None, str | None]  # price, currency, unreadable text


class PriceStatus(models.TextChoices):
    """A book without a price has the status only if one waits for review."""

    CURRENT = "current", "Current"
    PENDING_REVIEW = "pending_review", "Pending review"


class PriceObservationQuerySet(models.QuerySet["PriceObservation"]):
    def changes(self) -> Self:
        """The observations with another price than the one before. The first price of a book is no change."""
        return self.filter(previous_price__isnull=False)

    def changes_of_published_books(self) -> Self:
        return self.changes().filter(book__is_published=True)

    def newest_of(self, books: models.QuerySet[Any]) -> Self:
        """The latest statement about each of the books."""
        stated = PriceObservation.objects.filter(book=OuterRef("pk")).order_by("-observed_at", "-pk")
        return self.filter(pk__in=books.order_by().values(newest=Subquery(stated.values("pk")[:1])))


class PriceObservation(AvailabilityField):
    """Price, availability and number of copies that a source stated at a moment. Stored when one of them changes."""

    book = models.ForeignKey("books.Book", models.PROTECT, related_name="observations", db_index=False)
    observed_at = models.DateTimeField(default=timezone.now)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, null=True)
    stock = models.PositiveIntegerField(null=True, help_text="Number of copies.")
    previous_price = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, help_text="The price before, if this observation changed it."
    )
    previous_currency = models.CharField(max_length=3, null=True)
    change_percent = percent_field("Negative for a drop; empty if the currency changed or the price was zero.")

    objects: ClassVar[PriceObservationQuerySet] = PriceObservationQuerySet.as_manager()  # type: ignore[assignment]  # the stubs

    class Meta:
        ordering = ["-observed_at", "-pk"]
        indexes = [
            models.Index(fields=["book", "-observed_at", "-id"], name="observation_of_book"),
            # The list of changes, by time and by size.
            models.Index(
                fields=["observed_at", "id", "change_percent", "book"],
                condition=Q(previous_price__isnull=False),
                name="change_by_time",
            ),
            models.Index(
                fields=["change_percent", "id", "observed_at", "book"],
                condition=Q(previous_price__isnull=False),
                name="change_by_percent",
            ),
        ]
        constraints = [
            availability_constraint("observation_availability_known"),
            models.CheckConstraint(condition=Q(price__gte=0), name="observation_price_not_negative"),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency__isnull=True) | Q(price__isnull=False, currency__isnull=False),
                name="observation_price_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(previous_price__isnull=True, previous_currency__isnull=True, change_percent__isnull=True)
                | Q(previous_price__isnull=False, previous_currency__isnull=False, price__isnull=False),
                name="observation_change_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency} on {self.observed_at:%Y-%m-%d}"


class HeldPriceQuerySet(models.QuerySet["HeldPrice"]):
    def pending(self) -> Self:
        return self.filter(state=HeldPrice.State.HELD)

    def pending_or_dismissed(self) -> Self:
        """Prices that determine how the same statement is treated when the source repeats it."""
        return self.filter(state__in=[HeldPrice.State.HELD, HeldPrice.State.DISMISSED])


class HeldPrice(AvailabilityField):
    """A stated price that failed the plausibility check. It changes the book only after staff accept it."""

    class State(models.TextChoices):
        HELD = "held", "Pending"
        ACCEPTED = "accepted"
        DISMISSED = "dismissed"
        OVERTAKEN = "overtaken", "Superseded by a later price"

    book = models.ForeignKey("books.Book", models.CASCADE, related_name="held_prices")
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, null=True)
    text = models.CharField(max_length=100, null=True, help_text="The source's text, if it is not readable as a price.")
    stock = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=MAX_REASON)
    is_report = models.BooleanField(
        "reported by a reader", default=False, help_text="The book has this price: dismissing it withdraws the price."
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.HELD)
    held_at = models.DateTimeField("stated at", default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[HeldPriceQuerySet] = HeldPriceQuerySet.as_manager()  # type: ignore[assignment]  # the stubs

    class Meta:
        ordering = ["-held_at", "-pk"]
        verbose_name = "price review"
        constraints = [
            models.UniqueConstraint(fields=["book"], condition=Q(state="held"), name="one_held_price_a_book"),
            availability_constraint("held_price_availability_known"),
            models.CheckConstraint(condition=Q(price__gte=0), name="held_price_not_negative"),
            models.CheckConstraint(
                condition=Q(price__isnull=False, currency__isnull=False, text__isnull=True)
                | Q(price__isnull=True, currency__isnull=True, text__isnull=False),
                name="held_price_or_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text or f'{self.price} {self.currency}'} for {self.book}"

    @property
    def statement(self) -> PriceStatement:
        """The source's statement, to recognise a repetition."""
        return self.price, self.currency, self.text
