"""Rate limiter for Open Library. Its state is a database row, shared by all processes and kept over restarts."""

from django.db import transaction

from books.openlibrary import circuit_breaker
from books.openlibrary.circuit_breaker import NAME
from books.openlibrary.errors import RateLimited
from books.request_rate import find_next_time, lock_service
from core.db.clock import read_time


def acquire(*, per_second: int, max_wait: float) -> float:
    """Reserves the next request; returns the seconds to wait before sending it. Raises RateLimited or CircuitOpen."""
    with transaction.atomic():
        service = lock_service(NAME)
        now = read_time()
        scheduled = find_next_time(service, now, interval=1 / per_second)
        circuit_breaker.check_closed(service, now)
        if scheduled - now > max_wait:
            raise RateLimited("allows no more requests at the moment; try again in a few seconds")
        service.next_request_at = scheduled + 1 / per_second
        service.save()
    return scheduled - now
