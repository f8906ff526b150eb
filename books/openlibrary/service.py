"""Cached requests to Open Library, within the rate limit and the circuit breaker."""

import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings

from books.openlibrary import circuit_breaker, parsing, rate_limit
from books.openlibrary.cache import CachedValue, get_or_fetch, release_connection
from books.openlibrary.client import Client
from books.openlibrary.errors import OpenLibraryError, Unreachable

SEARCH_MAX_WAIT, SAVE_MAX_WAIT = 1.0, 5.0  # seconds that a search, and a save, wait for the rate limit


def cached(kind: str, parameters: dict[str, str], fetch: Callable[[], Any]) -> CachedValue:
    request = json.dumps([settings.OPENLIBRARY_URL, kind, parameters], sort_keys=True)
    return get_or_fetch(request, fetch, _get_client().waiting_slot)


def request_json(path: str, parameters: dict[str, str] | None, *, max_wait: float) -> Any:
    """Sends one request and records its outcome for the circuit breaker. Raises OpenLibraryError."""
    wait = rate_limit.acquire(per_second=settings.OPENLIBRARY_REQUESTS_PER_SECOND, max_wait=max_wait)
    release_connection()
    time.sleep(wait)
    try:
        body = _get_client().get(path, parameters)
    except OpenLibraryError as error:
        circuit_breaker.record_failure(error)
        raise
    circuit_breaker.record_success()
    return body


def request_search(parameters: dict[str, str], *, max_wait: float) -> dict[str, Any]:
    body = request_json("/search.json", parameters, max_wait=max_wait)
    if not isinstance(body, dict) or not isinstance(body.get("docs"), list):
        raise Unreachable("sent a response of an unexpected shape", can_retry=True)
    return body


def fetch_document(path: str, *, max_wait: float = SAVE_MAX_WAIT) -> dict[str, Any]:
    """Returns a record, such as that of `/works/OL45804W`. Raises OpenLibraryError or RecordError."""
    document = cached("document", {"path": path}, lambda: request_json(f"{path}.json", None, max_wait=max_wait))
    return parsing.require_document(document.value)


_create_client = cache(Client)


def _get_client() -> Client:
    """One client for each combination of settings; only tests change them."""
    return _create_client(
        settings.OPENLIBRARY_URL,
        settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
        max_waiting=settings.OPENLIBRARY_MAX_WAITING,
    )
