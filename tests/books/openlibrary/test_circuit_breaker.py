"""The circuit breaker for Open Library: after several failures in a row, no request is sent for a while."""

import pytest

from books.models import ExternalService
from books.openlibrary.circuit_breaker import MAX_FAILURES, NAME, OPEN_SECONDS, record_failure, record_success
from books.openlibrary.errors import CircuitOpen, NotFound, OpenLibraryError, RateLimited, Unreachable
from books.openlibrary.rate_limit import acquire
from tests.support.database_clock import Clock

pytestmark = pytest.mark.django_db

UNREACHABLE = Unreachable("did not respond in time", can_retry=True)


def request() -> None:
    """Reserves a request. Raises CircuitOpen."""
    assert acquire(per_second=1_000, max_wait=1) <= 1


def fail(error: OpenLibraryError, *, times: int) -> None:
    for _ in range(times):
        request()
        record_failure(error)


def test_the_circuit_opens_after_several_failures(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)

    clock.now += OPEN_SECONDS - 1
    with pytest.raises(CircuitOpen) as caught:
        request()
    assert caught.value.detail == "did not respond in time; no further request is sent for up to 30 seconds"
    assert caught.value.status == "unavailable"


def test_a_half_open_circuit_allows_one_request(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)
    clock.now += OPEN_SECONDS

    request()
    with pytest.raises(CircuitOpen):
        request()


def test_a_failed_attempt_opens_the_circuit_again(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)
    clock.now += OPEN_SECONDS
    fail(UNREACHABLE, times=1)

    clock.now += OPEN_SECONDS - 1
    with pytest.raises(CircuitOpen):
        request()


def test_a_success_closes_the_circuit(clock: Clock) -> None:
    fail(UNREACHABLE, times=MAX_FAILURES)
    clock.now += OPEN_SECONDS
    request()

    record_success()

    fail(UNREACHABLE, times=MAX_FAILURES - 1)
    request()


@pytest.mark.usefixtures("clock")
def test_a_rate_limit_opens_the_circuit_at_once() -> None:
    fail(RateLimited("reports that it receives too many requests"), times=1)

    with pytest.raises(CircuitOpen) as caught:
        request()
    assert caught.value.status == "rate_limited"


@pytest.mark.usefixtures("clock")
def test_a_rejected_request_is_no_failure() -> None:
    fail(UNREACHABLE, times=MAX_FAILURES - 1)

    record_failure(NotFound("has no such record"))

    fail(UNREACHABLE, times=MAX_FAILURES - 1)
    request()


def test_times_from_before_the_clock_was_set_back_are_ignored(clock: Clock) -> None:
    ExternalService.objects.create(name=NAME, open_until=clock.now + 10_000)

    request()
