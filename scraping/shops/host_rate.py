"""Limits the rate of the requests to one shop over all processes and machines. The state is a database row."""

import threading

from django.db import transaction

from books.models import ExternalService
from books.request_rate import find_next_time, lock_service
from core.db.clock import read_time
from scraping.errors import FetchError, Halted

PREFIX = "shop:"


class HostBusy(FetchError):
    """The next free turn is further away than the caller waits. `retry_after`: seconds until then."""


class SharedRateLimiter:
    """Has the methods of RateLimiter.

    `delay`: seconds between two requests. `max_wait`: seconds, after which `wait_for_turn` raises HostBusy instead.
    Setting `halt` ends a wait.
    """

    def __init__(self, host: str, delay: float, halt: threading.Event, *, max_wait: float) -> None:
        self._name = PREFIX + host
        self._delay = delay
        self._halt = halt
        self._max_wait = max_wait
        self.request_count = 0

    def wait_for_turn(self) -> None:
        """Raises HostBusy or Halted."""
        if self._halt.wait(self._reserve_turn()):
            raise Halted
        self.request_count += 1

    @transaction.atomic
    def pause(self, seconds: float) -> None:
        """Delays the requests of all processes."""
        service = lock_service(self._name)
        service.next_request_at = max(service.next_request_at, read_time() + seconds)
        service.save(update_fields=["next_request_at"])

    def lengthen_delay(self, delay: float) -> None:
        self._delay = max(self._delay, delay)

    @transaction.atomic
    def _reserve_turn(self) -> float:
        """Returns the seconds to wait before the next request. Raises HostBusy."""
        service = lock_service(self._name)
        now = read_time()
        scheduled = find_next_time(service, now, interval=self._delay)
        wait = scheduled - now
        if wait > self._max_wait:
            raise HostBusy(self._name, f"can be requested in {wait:.0f} s", permanent=True, retry_after=wait)
        ExternalService.objects.filter(pk=service.pk).update(next_request_at=scheduled + self._delay)
        return wait
