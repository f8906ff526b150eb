"""Rate limiter for Open Library. Its state is a database row, shared by all processes and kept over restarts."""

from django.db import transaction

from books.models import ExternalService
from books.openlibrary import circuit_breaker
from books.openlibrary.circuit_breaker import MAX_CLOCK_CHANGE_SECONDS, NAME
from books.openlibrary.errors import RateLimited
from core.db.clock import read_time


def acquire(*, per_second: int, max_wait: float) -> float:
    """Reserves the next request; returns the seconds to wait before sending it. Raises RateLimited or CircuitOpen."""
    with transaction.atomic():
        service = _lock_service()
        now = read_time()
        is_reserved = now < service.next_request_at < now + MAX_CLOCK_CHANGE_SECONDS
        scheduled = service.next_request_at if is_reserved else now
        circuit_breaker.check_closed(service, now)
        if scheduled - now > max_wait:
            raise RateLimited("allows no more requests at the moment; try again in a few seconds")
        service.next_request_at = scheduled + 1 / per_second
        service.save()
    return scheduled - now


def _lock_service() -> ExternalService:
    ExternalService.objects.get_or_create(name=NAME)
    return ExternalService.objects.select_for_update().get(name=NAME)
