"""A database clock that tests set, so that the rate limiter and the circuit breaker do not depend on real time."""

import pytest

from books.openlibrary import circuit_breaker, rate_limit


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (rate_limit, circuit_breaker):
        monkeypatch.setattr(module, "read_time", clock.time)
    return clock
