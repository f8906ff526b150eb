"""Limits the rate of the requests that all threads send to one shop."""

import threading
import time
from collections.abc import Callable


class RateLimiter:
    """`delay` is the shortest time between two requests in seconds. `sleep` may raise to end a wait."""

    def __init__(self, delay: float, sleep: Callable[[float], None]) -> None:
        self._delay = delay
        self._sleep = sleep
        self._next_turn = 0.0  # times are values of `time.monotonic()`
        self._paused_until = 0.0
        self._lock = threading.Lock()
        self.request_count = 0

    def wait_for_turn(self) -> None:
        turn = self._reserve_turn()
        while turn < self._paused_until:  # the pause began while this thread was waiting
            turn = self._reserve_turn()
        with self._lock:
            self.request_count += 1

    def pause(self, seconds: float) -> None:
        """Delays the requests of all threads, also of those that are waiting for their turn."""
        with self._lock:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)
            self._next_turn = max(self._next_turn, self._paused_until)

    def lengthen_delay(self, delay: float) -> None:
        with self._lock:
            self._delay = max(self._delay, delay)

    def _reserve_turn(self) -> float:
        """Waits for the next free turn and returns its time."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._delay
        self._sleep(turn - now)
        return turn
