"""The rate limiter for Open Library."""

import time

import pytest

from books.models import ExternalService
from books.openlibrary.circuit_breaker import NAME
from books.openlibrary.errors import RateLimited
from books.openlibrary.rate_limit import acquire
from tests.support.database_clock import Clock

pytestmark = pytest.mark.django_db


def test_requests_are_spaced_by_the_rate(clock: Clock) -> None:
    waits = [acquire(per_second=4, max_wait=1) for _ in range(3)]
    clock.now += 0.5
    waits.append(acquire(per_second=4, max_wait=1))

    assert waits == [0, 0.25, 0.5, 0.25]


def test_unused_requests_are_not_saved_up(clock: Clock) -> None:
    acquire(per_second=4, max_wait=1)
    clock.now += 60

    assert [acquire(per_second=4, max_wait=1) for _ in range(2)] == [0, 0.25]


@pytest.mark.usefixtures("clock")
def test_requests_beyond_the_maximum_wait_are_rejected() -> None:
    for _ in range(5):
        acquire(per_second=4, max_wait=1)

    with pytest.raises(RateLimited, match="allows no more requests at the moment"):
        acquire(per_second=4, max_wait=1)
    assert acquire(per_second=4, max_wait=2) == 1.25  # the rejected request reserved nothing


def test_times_from_before_the_clock_was_set_back_are_ignored(clock: Clock) -> None:
    ExternalService.objects.create(name=NAME, next_request_at=clock.now + 10_000)

    assert acquire(per_second=1, max_wait=1) == 0


def test_the_clock_of_the_host_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose clock is 40 s ahead reserves the same times as the others."""
    assert acquire(per_second=1, max_wait=1) == 0
    ahead = time.time() + 40
    monkeypatch.setattr(time, "time", lambda: ahead)

    assert 0 < acquire(per_second=1, max_wait=2) <= 1
    monkeypatch.undo()
    assert 1 < acquire(per_second=1, max_wait=3) <= 2
