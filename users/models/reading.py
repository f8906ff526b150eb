"""Readings of library entries."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.db.fields import PartialDateField
from users.models.library import LibraryEntry

ORDER_RULE = "A book is finished no earlier than it was started."
# As text, 2024-05 is after 2024. A less exact end is no earlier than a start within it: 2024 and 2024-05.
IS_IN_ORDER = Q(finished_on__gte=F("started_on")) | Q(started_on__startswith=F("finished_on"))


class Reading(models.Model):
    """One time the book was read. Either date may be unknown, or known as a month or a year only.

    A reading without an outcome has not ended, or its end is unknown.
    """

    class Outcome(models.TextChoices):
        FINISHED = "finished", "Finished"
        ABANDONED = "abandoned", "Abandoned"

    entry = models.ForeignKey(LibraryEntry, models.CASCADE, related_name="readings")
    started_on = PartialDateField(null=True, blank=True)
    finished_on = PartialDateField(null=True, blank=True, help_text="When the book was finished or abandoned.")
    outcome = models.CharField(max_length=16, choices=Outcome.choices, null=True, blank=True)

    class Meta:
        ordering = [F("started_on").asc(nulls_last=True), "pk"]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__regex": PartialDateField.pattern}), name=f"reading_{name}_partial_date"
                )
                for name in ("started_on", "finished_on")
            ),
            models.CheckConstraint(
                condition=IS_IN_ORDER, name="reading_finished_after_start", violation_error_message=ORDER_RULE
            ),
            models.CheckConstraint(condition=Q(outcome__in=["finished", "abandoned"]), name="reading_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.started_on or '?'} to {self.finished_on or '?'}"

    def save(self, *args: Any, **options: Any) -> None:
        self.complete_outcome()
        super().save(*args, **options)

    def complete_outcome(self) -> None:
        """A reading with an end and without an outcome was finished: earlier clients send only the date."""
        if self.finished_on and not self.outcome:
            self.outcome = self.Outcome.FINISHED
