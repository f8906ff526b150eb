"""Gets pages politely: robots.txt, one rate for all threads, time-outs, retries, limits, conditions. No models."""

import logging
import re
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
from protego import Protego

from core.http_client import CarefulAdapter, PrivateAddress, cause
from scraping.errors import FetchError, Halted
from scraping.fetching.decoding import read_text
from scraping.page import UNCONDITIONAL, NotModified, Page, Validators

logger = logging.getLogger(__name__)

PRODUCT = "Colophon"
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 15.0
HEAD_TIMEOUT = 20.0
PAGE_TIMEOUT = 30.0  # a whole page, from the request to its last byte
MAX_REDIRECTS = 5
ATTEMPTS = 4
MAX_RETRY_AFTER = 30.0
MAX_CRAWL_DELAY = 60.0
TRANSIENT = {429, 500, 502, 503, 504}
VALIDATOR = re.compile(r"[ -~]{1,200}")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a shop is asked: `delay` seconds at least between two requests, who asks, and whether in private networks."""

    delay: float
    contact: str
    connections: int
    private_addresses: bool = False


class Fetcher:
    """The pages of one shop, for several threads. `get` raises FetchError or Halted.

    Only the host that the operator named is asked, whatever pages and redirects say: an address inside the
    operator's network is reached where the operator says so, never because a page does.
    """

    def __init__(self, start_url: str, manners: Manners, halt: threading.Event) -> None:
        self._origin = origin(start_url)
        self._robots_url = urljoin(start_url, "/robots.txt")
        self._halt = halt
        self._delay = manners.delay
        self._next_turn = 0.0
        self._turn_lock = threading.Lock()
        self._robots: Protego | None = None
        self._robots_lock = threading.Lock()
        self.requests = 0
        self._session = _session(manners)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, url: str, known: Validators = UNCONDITIONAL) -> Page | NotModified:
        """The page; NotModified where it is still the one that `known` came with."""
        self._read_robots(url)
        return self._get(url, known)

    def _read_robots(self, url: str) -> None:
        """robots.txt, read once, before the first page: refused pages are not fetched, a longer delay is kept.

        A shop without the file allows everything; one whose file cannot be read allows nothing (RFC 9309): the
        failure is told of the page that was asked for.
        """
        with self._robots_lock:
            if self._robots is None:
                try:
                    page = self._get(self._robots_url)
                    assert isinstance(page, Page)
                    self._robots = Protego.parse(page.html.removeprefix("\ufeff"))
                except NotThere:
                    self._robots = Protego.parse("")
                except FetchError as error:
                    raise FetchError(url, f"robots.txt {error.detail}", permanent=error.permanent) from error
                asked = min(self._robots.crawl_delay(PRODUCT) or 0.0, MAX_CRAWL_DELAY)
                self._delay = max(self._delay, asked)

    def _get(self, url: str, known: Validators = UNCONDITIONAL) -> Page | NotModified:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, FetchError) and not error.permanent),
            wait=_wait,
            sleep=self._rest,
            before_sleep=_log_retry,
            reraise=True,
        )
        return retrying(self._get_once, url, known)

    def _get_once(self, asked: str, known: Validators) -> Page | NotModified:
        url, deadline = asked, time.monotonic() + PAGE_TIMEOUT
        for _ in range(MAX_REDIRECTS + 1):
            try:
                found = self._page_or_redirect(url, deadline, known)
            except FetchError as error:
                raise error if url == asked else error.behind_redirect(asked) from error
            if not isinstance(found, str):
                return found
            url, known = urljoin(url, found), UNCONDITIONAL  # the validators are those of the address asked for
        raise FetchError(asked, f"redirects more than {MAX_REDIRECTS} times", permanent=True)

    def _page_or_redirect(self, url: str, deadline: float, known: Validators) -> Page | NotModified | str:
        self._refuse_forbidden(url)
        self._wait_for_turn()
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        with self._request(url, {name: value for name, value in conditions.items() if value}) as response:
            if response.is_redirect:
                return response.headers["Location"]
            if response.status_code == 304 and known != UNCONDITIONAL:
                return NotModified()
            _refuse_errors(response, url)
            text = read_text(response, url=url, deadline=deadline, halt=self._halt)
            return Page(url, text, _validators(response))

    def _refuse_forbidden(self, url: str) -> None:
        try:
            inside = origin(url) == self._origin
        except ValueError:
            inside = False
        if not inside:
            raise FetchError(url, "is not on the shop's host, and is not asked", permanent=True)
        if self._robots and not self._robots.can_fetch(url, PRODUCT):
            raise FetchError(url, "may not be fetched: the shop's robots.txt refuses it", permanent=True)

    def _wait_for_turn(self) -> None:
        with self._turn_lock:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._delay
            self.requests += 1
        self._rest(turn - now)

    def _rest(self, seconds: float) -> None:
        if self._halt.wait(max(seconds, 0.0)):
            raise Halted

    def _request(self, url: str, headers: dict[str, str]) -> requests.Response:
        timeout = (CONNECT_TIMEOUT, READ_TIMEOUT)
        try:
            return self._session.get(url, headers=headers, timeout=timeout, stream=True, allow_redirects=False)
        except requests.Timeout as error:
            raise FetchError(url, "did not answer in time", permanent=False) from error
        except requests.exceptions.SSLError as error:
            raise FetchError(url, f"cannot be reached over TLS ({cause(error)})", permanent=True) from error
        except requests.ConnectionError as error:
            raise FetchError(url, f"cannot be reached ({cause(error)})", permanent=False) from error
        except PrivateAddress as error:
            raise FetchError(url, str(error), permanent=True) from error
        except (requests.RequestException, ValueError) as error:
            raise FetchError(url, f"cannot be asked for ({type(error).__name__})", permanent=True) from error


class NotThere(FetchError):
    """The shop answers that there is no such page."""


def _session(manners: Manners) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = f"{PRODUCT}/0.1" + (f" (+{manners.contact})" if manners.contact else "")
    adapter = CarefulAdapter(
        head_seconds=HEAD_TIMEOUT,
        is_public=not manners.private_addresses,
        pool_connections=1,
        pool_maxsize=manners.connections,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def origin(url: str) -> tuple[str, int]:
    """The host and port; http and https on their own ports are one host. Raises ValueError for no web address."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no web address")
    port = parts.port or PORTS[parts.scheme]
    return parts.hostname.lower(), 80 if port == 443 and parts.scheme == "https" else port


def _validators(response: requests.Response) -> Validators:
    """Those that can be kept and sent back as they are."""
    given = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    etag, last_modified = (value if VALIDATOR.fullmatch(value) else None for value in given)
    return Validators(etag=etag, last_modified=last_modified)


def _refuse_errors(response: requests.Response, url: str) -> None:
    status = response.status_code
    if status == 200:
        return
    kind = NotThere if 400 <= status < 500 and status not in TRANSIENT else FetchError
    raise kind(url, f"answered {status}", permanent=status not in TRANSIENT, retry_after=_retry_after(response))


def _retry_after(response: requests.Response) -> float | None:
    """Seconds, whether the header gives a number or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


_backoff = tenacity.wait_exponential_jitter(multiplier=0.5, max=8.0, jitter=0.5)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    told = error.retry_after if isinstance(error, FetchError) else None
    return min(told, MAX_RETRY_AFTER) if told is not None else _backoff(state)


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    logger.debug("%s; attempt %d of %d follows in %.1f s", error, state.attempt_number + 1, ATTEMPTS, wait)
