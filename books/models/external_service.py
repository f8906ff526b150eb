"""State of the rate limiter and the circuit breaker of an external service."""

from django.db import models


class ExternalService(models.Model):
    """One row per service or host. `open_until` belongs to the circuit breaker.

    The times are seconds since 1970 on the clock of the database.
    """

    name = models.CharField(max_length=300, unique=True)
    next_request_at = models.FloatField(default=0)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.FloatField(default=0)
    status = models.CharField(max_length=32, default="unavailable")
    reason = models.CharField(max_length=300, default="")

    def __str__(self) -> str:
        return self.name
