"""The rate limiter and the circuit breaker."""

import time

import pytest

from books.models import ExternalService
from books.openlibrary.errors import CircuitOpen, RateLimited
from books.openlibrary.rate_limit import MAX_FAILURES, NAME, acquire

pytestmark = pytest.mark.django_db


def test_a_half_open_circuit_allows_one_request() -> None:
    ExternalService.objects.create(name=NAME, failures=MAX_FAILURES)

    assert acquire(per_second=1_000, max_wait=1) == 0
    with pytest.raises(CircuitOpen):
        acquire(per_second=1_000, max_wait=1)


def test_requests_are_spaced_by_the_rate() -> None:
    waits = [acquire(per_second=3, max_wait=1) for _ in range(3)]

    assert waits == [pytest.approx(expected, abs=0.2) for expected in (0, 1 / 3, 2 / 3)]


def test_requests_beyond_the_maximum_wait_are_rejected() -> None:
    for _ in range(4):
        acquire(per_second=3, max_wait=1.1)

    with pytest.raises(RateLimited):
        acquire(per_second=3, max_wait=1)


def test_times_of_a_wrong_clock_are_ignored() -> None:
    future = time.time() + 10_000
    ExternalService.objects.create(name=NAME, next_request_at=future, open_until=future)

    assert acquire(per_second=1, max_wait=1) == 0
