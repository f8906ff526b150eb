"""The field for the availability of a book, and the value that is derived from it."""

from django.db import models
from django.db.models import Q

from books.availability import CHOICES, MAX_LENGTH, Availability, from_in_stock, is_in_stock


class AvailabilityField(models.Model):
    availability = models.CharField(
        max_length=MAX_LENGTH,
        choices=CHOICES,
        default=Availability.UNKNOWN.value,
        db_default=Availability.UNKNOWN.value,
    )

    class Meta:
        abstract = True

    @property
    def in_stock(self) -> bool | None:
        """Null if the availability is unknown."""
        return is_in_stock(self.availability)

    @in_stock.setter
    def in_stock(self, value: bool | None) -> None:
        """Keeps a more exact availability, such as a preorder, that agrees with the value."""
        if value != self.in_stock:
            self.availability = from_in_stock(value).value


def availability_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(availability__in=[each.value for each in Availability]),
        name=name,
        violation_error_message=f"Use one of: {', '.join(Availability)}.",
    )
