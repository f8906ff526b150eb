"""A database clock that tests set, so that the rate limiter and the circuit breaker do not depend on real time."""

import pytest

from books.openlibrary import circuit_breaker, rate_limit
from tests.support.database_clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (rate_limit, circuit_breaker):
        monkeypatch.setattr(module, "read_time", clock.time)
    return clock
