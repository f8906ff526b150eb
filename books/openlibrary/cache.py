"""A cache of Open Library responses: fresh for a day, served stale for thirty days if a request fails.

Single flight: of several equal requests at one time, one is sent and the others wait for its response.
"""

import pickle
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.cache import cache, caches
from django.db import connection

from books.openlibrary.errors import CircuitOpen, NotFound, OpenLibraryError, RateLimited, RequestRejected

FRESH_SECONDS = 24 * 60 * 60
STALE_SECONDS = 30 * FRESH_SECONDS
LOCK_SECONDS = 12  # after which a waiting thread assumes that the other one has died
POLL_SECONDS = 0.03
WAITING_SECONDS = 3  # for threads that wait for this response; the database cache stores whole seconds
REJECTIONS = {kind.__name__: kind for kind in (RequestRejected, NotFound)}
# Sizes as pickled. Pages of results and documents have a few KB, so larger values are rare and not worth their space.
# Process memory contains at most 500 values (the setting CACHES), which is 32 MB.
MAX_BYTES, MAX_NEAR_BYTES = 256 * 1024, 64 * 1024
FORMAT = 3  # increment when the shape of cached values changes


@dataclass(frozen=True, slots=True)
class CachedValue:
    """`failure` is the error of the latest request, if the value is stale because of it."""

    value: Any
    age_seconds: float
    failure: OpenLibraryError | None = None


def release_connection() -> None:
    """Returns the database connection to the pool before a wait, so that other threads can use it."""
    if not connection.in_atomic_block:
        connection.close()


def get_or_fetch(
    request: str, fetch: Callable[[], Any], waiting_slot: Callable[[], AbstractContextManager[None]]
) -> CachedValue:
    """Returns the cached value while it is fresh, else the value of `fetch`, else the stale value.

    `request` identifies the request. Errors are kept only for threads that already wait. Raises OpenLibraryError if no
    value exists. A `waiting_slot` is held while this thread fetches or waits for another thread's response.
    """
    key = f"openlibrary:{FORMAT}:{sha256(request.encode()).hexdigest()}"
    if fresh := _get(key, "near") or _get_fresh(key):
        return fresh
    stale = _get(key, "default")
    try:
        with waiting_slot():
            return _fetch_or_wait(key, fetch)
    except OpenLibraryError as error:
        if stale is None:
            raise
        return CachedValue(stale.value, stale.age_seconds, failure=error)


def _get_fresh(key: str) -> CachedValue | None:
    entry = cache.get(key)
    if entry and 0 <= (age := time.time() - entry["at"]) < FRESH_SECONDS:
        if entry["bytes"] <= MAX_NEAR_BYTES:
            caches["near"].set(key, entry, FRESH_SECONDS - age)
        return CachedValue(entry["value"], age)
    return None


def _get(key: str, alias: str) -> CachedValue | None:
    entry = caches[alias].get(key)
    return CachedValue(entry["value"], max(0.0, time.time() - entry["at"])) if entry else None


def _fetch_or_wait(key: str, fetch: Callable[[], Any]) -> CachedValue:
    lock = f"{key}:asking"
    # An unavailable cache neither adds nor returns a value: each thread then sends its own request.
    if not cache.add(lock, 1, LOCK_SECONDS) and cache.get(lock):
        return _wait_for_value(key, lock)
    try:
        return _get_fresh(key) or _fetch(key, fetch)  # another thread may have fetched it just before
    finally:
        cache.delete(lock)


def _fetch(key: str, fetch: Callable[[], Any]) -> CachedValue:
    try:
        value = fetch()
    except OpenLibraryError as error:
        # For the threads that wait at this moment; later requests try again.
        failure = {"kind": type(error).__name__, "detail": error.detail, "status": error.status}
        cache.set(f"{key}:failed", failure, WAITING_SECONDS)
        raise
    size = len(pickle.dumps(value))
    # A large value is kept for the threads that wait for it at this moment.
    seconds = STALE_SECONDS if size <= MAX_BYTES else WAITING_SECONDS
    cache.set(key, {"at": time.time(), "value": value, "bytes": size}, seconds)
    return CachedValue(value, 0.0)


def _wait_for_value(key: str, lock: str) -> CachedValue:
    deadline = time.monotonic() + LOCK_SECONDS
    while cache.get(lock) and time.monotonic() < deadline:
        release_connection()
        time.sleep(POLL_SECONDS)
    if fresh := _get_fresh(key):
        return fresh
    if failure := cache.get(f"{key}:failed"):
        if rejection := REJECTIONS.get(failure["kind"]):
            raise rejection(failure["detail"])
        raise CircuitOpen(failure["detail"], status=failure["status"])
    raise RateLimited("already receives this request; try again in a few seconds")
