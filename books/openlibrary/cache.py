"""Answers from outside that are kept: fresh for a day, and for thirty in case no new one comes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection

from books.openlibrary.errors import Answered, Busy, NotThere, OpenLibraryError, Resting, TooFast

FRESH_SECONDS = 24 * 60 * 60
KEPT_SECONDS = 30 * FRESH_SECONDS
ASKING_SECONDS = 12  # longer than any question takes; then whoever asked is taken for dead
POLL_SECONDS = 0.03
ANSWERS = {kind.__name__: kind for kind in (Answered, NotThere)}
PATIENCE_SECONDS = 1.0  # for a place among those
# Threads of this process that ask or wait, at the most: fewer than there are, so that some always answer at once.
_outside = BoundedSemaphore(settings.OUTSIDE_AT_ONCE)
FORM = 1  # counts up when what is kept changes its shape


@dataclass(frozen=True, slots=True)
class Answer:
    """`failure` says why nothing newer came, where what is shown is stale."""

    value: Any
    age_seconds: float
    failure: OpenLibraryError | None = None


def give_back_connection() -> None:
    """Whoever waits for the outside needs no connection to the database meanwhile; others do."""
    if not connection.in_atomic_block:
        connection.close()


def answer(question: str, ask: Callable[[], Any]) -> Answer:
    """What is kept of the question while it is fresh, else what `ask` gives, else what is kept all the same.

    Of several who put one question at a time, in whatever process, one asks; the others wait for it. Failures are not
    kept. Raises OpenLibraryError where there is neither.
    """
    key = f"openlibrary:{FORM}:{sha256(question.encode()).hexdigest()}"
    if found := _kept(key, "near") or _fresh(key):
        return found
    kept = _kept(key, "default")
    try:
        return _ask_or_wait(key, ask)
    except OpenLibraryError as error:
        if kept is None:
            raise
        return Answer(kept.value, kept.age_seconds, failure=error)


def _fresh(key: str) -> Answer | None:
    found = cache.get(key)
    if found and 0 <= (age := time.time() - found["at"]) < FRESH_SECONDS:
        caches["near"].set(key, found, FRESH_SECONDS - age)
        return Answer(found["value"], age)
    return None


def _kept(key: str, where: str) -> Answer | None:
    found = caches[where].get(key)
    return Answer(found["value"], max(0.0, time.time() - found["at"])) if found else None


def _ask_or_wait(key: str, ask: Callable[[], Any]) -> Answer:
    if not _outside.acquire(timeout=PATIENCE_SECONDS):
        raise Busy("is being asked too much at once; try again in a few seconds")
    try:
        asking = f"{key}:asking"
        # A cache that is away adds nothing and has nothing: then everyone asks for themselves.
        if not cache.add(asking, 1, ASKING_SECONDS) and cache.get(asking):
            return _wait(key, asking)
        try:
            return _fresh(key) or _ask(key, ask)  # another may have asked a moment ago
        finally:
            cache.delete(asking)
    finally:
        _outside.release()


def _ask(key: str, ask: Callable[[], Any]) -> Answer:
    try:
        value = ask()
    except OpenLibraryError as error:
        # For those who wait at this moment, not as an answer to whoever comes later.
        said = {"kind": type(error).__name__, "detail": error.detail, "status": error.status}
        cache.set(f"{key}:failed", said, 3)  # seconds; the database's cache counts whole ones
        raise
    cache.set(key, {"at": time.time(), "value": value}, KEPT_SECONDS)
    return Answer(value, 0.0)


def _wait(key: str, asking: str) -> Answer:
    deadline = time.monotonic() + ASKING_SECONDS
    while cache.get(asking) and time.monotonic() < deadline:
        give_back_connection()
        time.sleep(POLL_SECONDS)
    if found := _fresh(key):
        return found
    if failed := cache.get(f"{key}:failed"):
        if answered := ANSWERS.get(failed["kind"]):
            raise answered(failed["detail"])
        raise Resting(failed["detail"], status=failed["status"])
    raise TooFast("is being asked this already; try again in a few seconds")
