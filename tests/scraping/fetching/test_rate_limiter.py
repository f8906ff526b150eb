"""Turns of threads that share one shop."""

from scraping.fetching.rate_limiter import RateLimiter


def test_turns_are_the_delay_apart() -> None:
    waits: list[float] = []
    limiter = RateLimiter(10, waits.append)

    for _ in range(3):
        limiter.wait_for_turn()

    assert [round(wait) for wait in waits] == [0, 10, 20]
    assert limiter.request_count == 3


def test_longer_delay_applies_to_later_turns() -> None:
    waits: list[float] = []
    limiter = RateLimiter(1, waits.append)
    limiter.lengthen_delay(5)
    limiter.lengthen_delay(2)

    for _ in range(2):
        limiter.wait_for_turn()

    assert [round(wait) for wait in waits] == [0, 5]


def test_pause_delays_requests_that_already_wait() -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:  # another thread receives Retry-After while this one waits for its turn
            limiter.pause(100)

    limiter = RateLimiter(10, sleep)
    limiter.wait_for_turn()
    limiter.wait_for_turn()

    assert [round(wait) for wait in waits] == [0, 10, 100]
    assert limiter.request_count == 2


def test_pause_does_not_shorten_a_longer_one() -> None:
    waits: list[float] = []
    limiter = RateLimiter(0, waits.append)
    limiter.pause(100)
    limiter.pause(1)

    limiter.wait_for_turn()

    assert round(sum(waits)) == 100
