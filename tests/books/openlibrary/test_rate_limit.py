"""The rate limiter and the circuit breaker."""

from types import SimpleNamespace

import pytest

from books.models import ExternalService
from books.openlibrary import rate_limit
from books.openlibrary.errors import CircuitOpen, NotFound, OpenLibraryError, RateLimited, Unreachable
from books.openlibrary.rate_limit import MAX_FAILURES, OPEN_SECONDS, acquire, record_failure, record_success

pytestmark = pytest.mark.django_db

UNREACHABLE = Unreachable("did not respond in time", can_retry=True)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replaces the limiter's clock, so that the tests depend on no real time."""
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(time=clock.time))
    return clock


def fail(error: OpenLibraryError, times: int) -> None:
    for _ in range(times):
        acquire(per_second=1_000, max_wait=1)
        record_failure(error)


def test_requests_are_spaced_by_the_rate(clock: Clock) -> None:
    waits = [acquire(per_second=4, max_wait=1) for _ in range(3)]
    clock.now += 0.5
    waits.append(acquire(per_second=4, max_wait=1))

    assert waits == [0, 0.25, 0.5, 0.25]


def test_unused_requests_are_not_saved_up(clock: Clock) -> None:
    acquire(per_second=4, max_wait=1)
    clock.now += 60

    assert [acquire(per_second=4, max_wait=1) for _ in range(2)] == [0, 0.25]


def test_requests_beyond_the_maximum_wait_are_rejected() -> None:
    for _ in range(5):
        acquire(per_second=4, max_wait=1)

    with pytest.raises(RateLimited, match="allows no more requests at the moment"):
        acquire(per_second=4, max_wait=1)
    assert acquire(per_second=4, max_wait=2) == 1.25  # the rejected request reserved nothing


def test_the_circuit_opens_after_several_failures(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)

    clock.now += OPEN_SECONDS - 1
    with pytest.raises(CircuitOpen) as caught:
        acquire(per_second=1_000, max_wait=1)
    assert caught.value.detail == "It did not respond in time. It is asked again in a while."
    assert caught.value.status == "unavailable"


def test_a_half_open_circuit_allows_one_request(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)
    clock.now += OPEN_SECONDS

    assert acquire(per_second=1_000, max_wait=1) == 0
    with pytest.raises(CircuitOpen):
        acquire(per_second=1_000, max_wait=1)


def test_a_success_closes_the_circuit(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)
    clock.now += OPEN_SECONDS
    acquire(per_second=1_000, max_wait=1)

    record_success()

    fail(UNREACHABLE, times=MAX_FAILURES - 1)
    acquire(per_second=1_000, max_wait=1)


def test_a_rate_limit_opens_the_circuit_at_once() -> None:
    fail(RateLimited("reports that it receives too many requests"), times=1)

    with pytest.raises(CircuitOpen) as caught:
        acquire(per_second=1_000, max_wait=1)
    assert caught.value.status == "rate_limited"


def test_a_rejected_request_is_no_failure() -> None:
    fail(UNREACHABLE, times=MAX_FAILURES - 1)

    record_failure(NotFound("has no such record"))

    fail(UNREACHABLE, times=MAX_FAILURES - 1)
    acquire(per_second=1_000, max_wait=1)


def test_times_of_a_wrong_clock_are_ignored(clock: Clock) -> None:
    future = clock.now + 10_000
    ExternalService.objects.create(name=rate_limit.NAME, next_request_at=future, open_until=future)

    assert acquire(per_second=1, max_wait=1) == 0
