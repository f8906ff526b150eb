"""Whose turn it is to ask Open Library: one rate, and one circuit breaker, for all threads and processes.

Both stand in one row of the database, which every process shares and which a restart does not forget.
"""

import time

from django.db import transaction
from django.db.models import F

from books.models import OutsideService
from books.openlibrary.errors import Answered, OpenLibraryError, Resting, TooFast

NAME = "open_library"
FAILURES = 3  # in a row, before it is left alone
REST_SECONDS = 30.0
CLOCK_SECONDS = 60.0  # a turn that is further away was given by a clock that ran ahead


def take_turn(*, a_second: int, patience: float) -> float:
    """Seconds to wait before asking, `patience` at most. Raises TooFast or Resting where it is not to be asked."""
    now = time.time()
    with transaction.atomic():
        service = _locked()
        if now < service.resting_until < now + CLOCK_SECONDS:
            raise Resting(f"{service.reason} It is asked again in a while.", status=service.status)
        turn = service.next_turn_at if now < service.next_turn_at < now + CLOCK_SECONDS else now
        if turn - now > patience:
            raise TooFast("is not asked more often than it allows; try again in a few seconds")
        service.next_turn_at = turn + 1 / a_second
        if service.failures >= FAILURES:
            service.resting_until = now + REST_SECONDS  # one asks; the others wait for what comes of it
        service.save()
    return turn - now


def note_answer() -> None:
    """It answered: what failed before counts no more."""
    OutsideService.objects.filter(name=NAME, failures__gt=0).update(failures=0, resting_until=0)


def note_failure(error: OpenLibraryError) -> None:
    """The last of several failures in a row, or one reply that we are too fast, opens the breaker."""
    if isinstance(error, Answered):
        return note_answer()
    rests = isinstance(error, TooFast)
    OutsideService.objects.filter(name=NAME).update(
        failures=FAILURES if rests else F("failures") + 1, reason=f"It {error.detail}."[:300], status=error.status
    )
    OutsideService.objects.filter(name=NAME, failures__gte=FAILURES).update(resting_until=time.time() + REST_SECONDS)
    return None


def _locked() -> OutsideService:
    OutsideService.objects.get_or_create(name=NAME)
    return OutsideService.objects.select_for_update().get(name=NAME)
