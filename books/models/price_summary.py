"""The summary of a book's observed prices."""

from typing import Any

from django.db import models
from django.db.models import Q

SUMMARY_FIELDS = (
    "tracked_currency", "tracked_since", "previous_price", "change_percent", "price_changed_at", "lowest_price",
    "lowest_on", "highest_price",
)  # fmt: skip
REQUIRED = ("tracked_since", "lowest_price", "lowest_on", "highest_price")


def amount_field(help_text: str) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False, help_text=help_text)


def percent_field(help_text: str) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=15, decimal_places=2, null=True, editable=False, help_text=help_text)


class PriceSummaryFields(models.Model):
    """Derived from the price observations, in the currency of the latest one with a price.

    Ingest and the price review maintain the fields. They describe what sources stated: a price that a person set
    changes none of them.
    """

    tracked_currency = models.CharField(
        max_length=3, null=True, editable=False, help_text="The currency of the last observed price and of the summary."
    )
    tracked_since = models.DateTimeField(
        null=True, editable=False, help_text="When a price in this currency was first observed."
    )
    previous_price = amount_field("The last different price in the same currency.")
    change_percent = percent_field("From the previous price to the last observed one; negative for a drop.")
    price_changed_at = models.DateTimeField(
        null=True, editable=False, help_text="When a source first stated another price than the previous one."
    )
    lowest_price = amount_field("The lowest observed price.")
    lowest_on = models.DateField(null=True, editable=False, help_text="The first day with the lowest price, in UTC.")
    highest_price = amount_field("The highest observed price.")

    class Meta:
        abstract = True


def summary_constraint() -> models.CheckConstraint:
    """A book without an observed price has no summary."""
    nothing = Q(**{f"{name}__isnull": True for name in SUMMARY_FIELDS})
    required = Q(**{f"{name}__isnull": False for name in ("tracked_currency", *REQUIRED)})
    is_changed = Q(previous_price__isnull=False, price_changed_at__isnull=False)
    is_unchanged = Q(previous_price__isnull=True, price_changed_at__isnull=True, change_percent__isnull=True)
    return models.CheckConstraint(
        condition=nothing | required & (is_changed | is_unchanged), name="book_price_summary_is_complete"
    )
