"""Asks Open Library over HTTP. No models, no cache, no retries: whoever waits for the answer is a web request."""

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from books.openlibrary.errors import Answered, Busy, NotThere, OpenLibraryError, Refused, TooFast, Unreachable
from core.http_client import BrokenBody, CarefulAdapter, PrivateAddress, cause, read_body

CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 8.0
HEAD_SECONDS = TOTAL_SECONDS - CONNECT_SECONDS
SILENCE_SECONDS = HEAD_SECONDS - 0.5  # between two pieces of a reply; less, so that silence is called silence
MAX_BYTES = 4 * 1024 * 1024
MAX_REDIRECTS = 3


class Client:
    """JSON of Open Library's paths, such as `/search.json`. `get` raises OpenLibraryError.

    A service that hangs keeps no more than `at_once` threads.
    """

    def __init__(self, address: str, contact: str, *, private_addresses: bool, at_once: int) -> None:
        self._address = address.rstrip("/") + "/"
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "Colophon/0.1" + (f" (+{contact})" if contact else "")
        adapter = CarefulAdapter(
            head_seconds=HEAD_SECONDS, is_public=not private_addresses, pool_connections=1, pool_maxsize=at_once
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="openlibrary")
        self._free = BoundedSemaphore(at_once)

    def get(self, path: str, parameters: dict[str, str] | None = None) -> Any:
        """The reply's JSON, within TOTAL_SECONDS, whatever takes its time: a name, a connection, a head, a body."""
        if not self._free.acquire(blocking=False):
            raise Busy("is being asked too much at once; try again in a few seconds")
        deadline = time.monotonic() + TOTAL_SECONDS
        asked: Future[Any] = self._threads.submit(self._ask, path, parameters, deadline)
        asked.add_done_callback(lambda _: self._free.release())
        try:
            return asked.result(TOTAL_SECONDS)
        except TookTooLong:
            raise Unreachable("did not answer in time", can_retry=True) from None

    def _ask(self, path: str, parameters: dict[str, str] | None, deadline: float) -> Any:
        url = self._inside(self._address, path.removeprefix("/"))
        for _ in range(MAX_REDIRECTS + 1):
            with self._request(url, parameters) as response:
                if not response.is_redirect:
                    return _json(response, deadline)
                url, parameters = self._inside(url, response.headers["Location"]), None
        raise Refused(f"redirects more than {MAX_REDIRECTS} times")

    def _inside(self, base: str, reference: str) -> str:
        """The address that is meant; another host is never asked, whatever a record or a redirect says."""
        try:
            url = urljoin(base, reference)
            if urlsplit(url)[:2] == urlsplit(self._address)[:2]:
                return url
        except ValueError:
            pass
        raise Refused("redirects to another host, which is not asked")

    def _request(self, url: str, parameters: dict[str, str] | None) -> requests.Response:
        timeout = (CONNECT_SECONDS, SILENCE_SECONDS)
        try:
            return self._session.get(url, params=parameters, timeout=timeout, stream=True, allow_redirects=False)
        except requests.Timeout as error:
            raise Unreachable("did not answer in time", can_retry=True) from error
        except requests.exceptions.SSLError as error:
            raise Unreachable(f"cannot be reached over TLS ({cause(error)})", can_retry=False) from error
        except requests.ConnectionError as error:
            raise Unreachable(f"cannot be reached ({cause(error)})", can_retry=True) from error
        except PrivateAddress as error:
            raise Refused(str(error)) from error
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"cannot be asked ({type(error).__name__})", can_retry=False) from error


def _json(response: requests.Response, deadline: float) -> Any:
    if error := _refusal(response.status_code):
        raise error
    try:
        body = read_body(response, max_bytes=MAX_BYTES, deadline=deadline)
    except BrokenBody as broken:
        if broken.permanent:  # too large: an odd question has an odd answer, which says nothing of their health
            raise Answered(f"sent a reply that {broken.detail}") from broken
        raise Unreachable(f"sent a reply that {broken.detail}", can_retry=True) from broken
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise Unreachable("sent a reply that is no whole JSON", can_retry=True) from error


def _refusal(status: int) -> OpenLibraryError | None:
    if status == 200:
        return None
    if status == 404:
        return NotThere("has no such record")
    if status == 429:
        return TooFast("says that it is asked too often")
    if status == 403:
        return Refused("refuses us (403): set CONTACT, so that it knows whom to reach")
    if status >= 500:
        return Unreachable(f"answered {status}", can_retry=True)
    return Answered(f"does not take the question (it answered {status})")
