"""How outside services are to be asked just now."""

from django.db import models


class OutsideService(models.Model):
    """How an outside service is to be asked just now: the next free turn, and whether it rests after failures.

    Times are seconds since 1970, as the processes' clocks have them.
    """

    name = models.CharField(max_length=32, unique=True)
    next_turn_at = models.FloatField(default=0)
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.FloatField(default=0)
    status = models.CharField(max_length=32, default="unavailable")
    reason = models.CharField(max_length=300, default="")

    def __str__(self) -> str:
        return self.name
