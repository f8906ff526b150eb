"""HTTP requests to Open Library, as JSON. No models, no cache, no retries: a web request waits for the response."""

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from books.openlibrary import errors
from core.http_client import HttpClient, read_body
from core.http_errors import PrivateAddressError, RequestFailed

CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 8.0
HEADER_SECONDS = TOTAL_SECONDS - CONNECT_SECONDS
READ_SECONDS = HEADER_SECONDS - 0.5  # between two reads; less than HEADER_SECONDS, so that silence is reported as such
MAX_BYTES = 4 * 1024 * 1024
MAX_REDIRECTS = 3
PRIVATE_ADDRESS = "is at a private address, which Colophon may not contact; only the operator of Colophon can permit it"

logger = logging.getLogger(__name__)


class Client:
    """Reads JSON from paths such as `/search.json`. At most `max_waiting` threads of the process wait for it."""

    def __init__(self, address: str, contact: str, *, private_addresses: bool, max_waiting: int) -> None:
        self._address = address.rstrip("/") + "/"
        self._http = HttpClient(
            contact=contact,
            connections=max_waiting,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            header_seconds=HEADER_SECONDS,
            allow_private_addresses=private_addresses,
        )
        self._threads = ThreadPoolExecutor(max_waiting, thread_name_prefix="openlibrary")
        self._slots = BoundedSemaphore(max_waiting)

    @contextmanager
    def waiting_slot(self) -> Iterator[None]:
        """Held by a thread that waits for Open Library, so that the remaining threads stay free for local requests.

        Raises errors.TooManyRequestsInFlight at once if all slots are taken.
        """
        if not self._slots.acquire(blocking=False):
            raise errors.TooManyRequestsInFlight("receives too many requests at once; try again in a few seconds")
        try:
            yield
        finally:
            self._slots.release()

    def get(self, path: str, parameters: dict[str, str] | None = None) -> Any:
        """Returns the response's JSON within TOTAL_SECONDS, name resolution included. Raises OpenLibraryError."""
        deadline = time.monotonic() + TOTAL_SECONDS
        request = self._threads.submit(self._get, path, parameters, deadline)
        try:
            return request.result(TOTAL_SECONDS)
        except TimeoutError:
            request.cancel()
            raise errors.Unreachable("did not respond in time", can_retry=True) from None

    def _get(self, path: str, parameters: dict[str, str] | None, deadline: float) -> Any:
        start = url = self._resolve(self._address, path.removeprefix("/"))
        for _ in range(MAX_REDIRECTS + 1):
            with self._request(url, parameters) as response:
                if not response.is_redirect:
                    # An unknown ISBN redirects to a page of search results.
                    if path.startswith("/isbn/") and url != start and _is_html(response):
                        raise errors.NotFound("has no such record")
                    return _read_json(response, deadline)
                url, parameters = self._resolve(url, response.headers["Location"]), None
        raise errors.AccessRefused(f"redirects more than {MAX_REDIRECTS} times")

    def _resolve(self, base: str, reference: str) -> str:
        """Returns the absolute URL. A redirect to another host is refused, because it could name an internal one."""
        try:
            url = urljoin(base, reference)
            if urlsplit(url)[:2] == urlsplit(self._address)[:2]:
                return url
        except ValueError:
            pass
        raise errors.AccessRefused("redirects to another host, which is not allowed")

    def _request(self, url: str, parameters: dict[str, str] | None) -> requests.Response:
        try:
            return self._http.get(url, params=parameters)
        except PrivateAddressError as error:
            logger.warning("Open Library %s.", error.detail)
            raise errors.AccessRefused(PRIVATE_ADDRESS) from error
        except RequestFailed as error:
            raise errors.Unreachable(error.detail, can_retry=not error.permanent) from error


def _read_json(response: requests.Response, deadline: float) -> Any:
    if status_error := _status_error(response.status_code):
        raise status_error
    try:
        body = read_body(response, max_bytes=MAX_BYTES, deadline=deadline)
    except RequestFailed as error:
        if error.permanent:  # too large: caused by this request, not a failure of the service
            raise errors.RequestRejected(f"sent a response that {error.detail}") from error
        raise errors.Unreachable(f"sent a response that {error.detail}", can_retry=True) from error
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise errors.Unreachable("sent a response that is not valid JSON", can_retry=True) from error


def _is_html(response: requests.Response) -> bool:
    return response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")


def _status_error(status: int) -> errors.OpenLibraryError | None:
    if status == 200:
        return None
    if status == 404:
        return errors.NotFound("has no such record")
    if status == 429:
        return errors.RateLimited("reports that it receives too many requests")
    if status == 403:
        return errors.AccessRefused("refuses the request (403): set CONTACT, so that it can reach the operator")
    if status >= 500:
        return errors.Unreachable(f"responded with status {status}", can_retry=True)
    return errors.RequestRejected(f"rejects the request (status {status})")
