"""Circuit breaker for Open Library: after several failures in a row, no request is sent for a while.

The state is in the service's row (books.models.external_service), shared by all processes.
"""

from django.db.models import F

from books.models import ExternalService
from books.openlibrary.errors import CircuitOpen, OpenLibraryError, RateLimited, RequestRejected
from books.request_rate import MAX_CLOCK_CHANGE_SECONDS
from core.db.clock import read_time

NAME = "open_library"
MAX_FAILURES = 3  # in a row, before the circuit breaker opens
OPEN_SECONDS = 30.0


def check_closed(service: ExternalService, now: float) -> None:
    """Raises CircuitOpen. After OPEN_SECONDS one request may try; until its result the others are still refused.

    The caller holds the lock of the row and saves it.
    """
    if now < service.open_until < now + MAX_CLOCK_CHANGE_SECONDS:
        detail = f"{service.reason}; no further request is sent for up to {OPEN_SECONDS:.0f} seconds"
        raise CircuitOpen(detail, status=service.status)
    if service.failures >= MAX_FAILURES:
        service.open_until = now + OPEN_SECONDS


def record_success() -> None:
    """Closes the circuit breaker."""
    ExternalService.objects.filter(name=NAME, failures__gt=0).update(failures=0, open_until=0)


def record_failure(error: OpenLibraryError) -> None:
    """Opens the circuit breaker after MAX_FAILURES failures in a row, or at once if Open Library limits the rate.

    A rejected request counts as a success: the service works.
    """
    if isinstance(error, RequestRejected):
        record_success()
        return
    failures = MAX_FAILURES if isinstance(error, RateLimited) else F("failures") + 1
    service = ExternalService.objects.filter(name=NAME)
    service.update(failures=failures, reason=error.detail[:300], status=error.status)
    service.filter(failures__gte=MAX_FAILURES).update(open_until=read_time() + OPEN_SECONDS)
