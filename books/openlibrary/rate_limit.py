"""Rate limiter and circuit breaker for Open Library.

Their state is one database row, shared by all processes and kept over restarts.
"""

import time

from django.db import transaction
from django.db.models import F

from books.models import ExternalService
from books.openlibrary.errors import CircuitOpen, OpenLibraryError, RateLimited, RequestRejected

NAME = "open_library"
MAX_FAILURES = 3  # in a row, before the circuit breaker opens
OPEN_SECONDS = 30.0
MAX_CLOCK_SKEW_SECONDS = 60.0  # times further ahead were written by a clock that is wrong


def acquire(*, per_second: int, max_wait: float) -> float:
    """Reserves the next request; returns the seconds to wait before sending it. Raises RateLimited or CircuitOpen."""
    now = time.time()
    with transaction.atomic():
        service = _lock_service()
        if now < service.open_until < now + MAX_CLOCK_SKEW_SECONDS:
            raise CircuitOpen(f"{service.reason} It is asked again in a while.", status=service.status)
        is_reserved = now < service.next_request_at < now + MAX_CLOCK_SKEW_SECONDS
        scheduled = service.next_request_at if is_reserved else now
        if scheduled - now > max_wait:
            raise RateLimited("allows no more requests at the moment; try again in a few seconds")
        service.next_request_at = scheduled + 1 / per_second
        if service.failures >= MAX_FAILURES:
            service.open_until = now + OPEN_SECONDS  # half-open: one request tries, the others are still refused
        service.save()
    return scheduled - now


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
    reason = f"It {error.detail}."[:300]
    service = ExternalService.objects.filter(name=NAME)
    service.update(failures=failures, reason=reason, status=error.status)
    service.filter(failures__gte=MAX_FAILURES).update(open_until=time.time() + OPEN_SECONDS)


def _lock_service() -> ExternalService:
    ExternalService.objects.get_or_create(name=NAME)
    return ExternalService.objects.select_for_update().get(name=NAME)
