"""Fetches a shop's pages: obeys robots.txt, limits the request rate, retries failures, sends conditional requests."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import NoReturn, Self
from urllib.parse import urljoin

import requests
import tenacity

from core.http_client import HttpClient, RequestFailed
from scraping.errors import FetchError, Halted, NotFound, ShopRefuses
from scraping.fetching.decoding import BodyLimits, read_text
from scraping.fetching.headers import parse_retry_after, read_location, read_validators
from scraping.fetching.rate_limiter import RateLimiter
from scraping.fetching.robots import RobotsRules, read_robots
from scraping.origin import has_user_information, parse_origin
from scraping.page import UNCONDITIONAL, NotModified, Page, Validators

Read = Callable[[requests.Response, str, BodyLimits], str]  # reads and decodes a body

logger = logging.getLogger(__name__)

MAX_REDIRECTS = 5
MAX_ATTEMPTS = 4
MAX_BACKOFF = 8.0  # seconds
MAX_RETRY_AFTER = 30.0  # seconds
MAX_REFUSALS = 10  # in a row; then the run ends
# Timeouts, overload and the statuses of Cloudflare (520 to 530) for an origin server that did not respond.
TRANSIENT_STATUSES = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530}
REFUSING_STATUSES = {403, 429}
PAUSING_STATUSES = {429, 503}  # with Retry-After they delay all requests to the shop
OTHER_HOST = (
    "is not on the shop's host, so it was not requested; "
    "if the shop has moved there, set SHOP_URL (SHOP_URLS for other shops) to its new address"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to send requests to a shop. All times are in seconds.

    `delay`: the shortest time between two requests of all threads together. `contact`: sent in the User-Agent header.
    `credentials`: user name and password of HTTP basic authentication.
    """

    delay: float
    contact: str
    connections: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    private_addresses: bool = False
    connect_timeout: float = 5.0
    read_timeout: float = 15.0  # between two reads from the socket
    header_timeout: float = 20.0  # all response headers together
    page_timeout: float = 30.0  # from the request to the last byte of the body
    max_page_bytes: int = 5 * 1024 * 1024
    retry_wait: float = 0.5  # before the first retry; doubled before each further one


class Fetcher:
    """Fetches pages of one shop; several threads may share it.

    All requests, including redirects, go to the host of `start_url`. A page therefore cannot direct requests to other
    addresses in the operator's network (SSRF).
    """

    def __init__(self, start_url: str, options: FetchOptions, halt: threading.Event) -> None:
        self._origin = parse_origin(start_url)
        self._starts_with_tls = start_url.startswith("https:")
        self._robots_url = urljoin(start_url, "/robots.txt")
        self._options = options
        self._halt = halt
        self._limiter = RateLimiter(options.delay, self._sleep)
        self._refusals = 0  # responses in a row
        self._refusal: ShopRefuses | None = None  # ends the requests of all threads
        self._robots: RobotsRules | None = None
        self._robots_lock = threading.Lock()
        self._backoff = tenacity.wait_exponential_jitter(
            multiplier=options.retry_wait, max=MAX_BACKOFF, jitter=options.retry_wait
        )
        self._client = _create_client(options)

    @property
    def request_count(self) -> int:
        return self._limiter.request_count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch_page(self, url: str, validators: Validators = UNCONDITIONAL) -> Page | NotModified:
        """Returns the page, or NotModified if the validators are still current.

        Raises FetchError, Halted, or ShopRefuses if the shop wants no more requests.
        """
        self._load_robots(url)
        return self._fetch_with_retries(url, validators)

    def fetch_again(self, url: str) -> Page | NotModified:
        """Fetches a page again that could not be parsed, after a short wait."""
        self._sleep(self._options.retry_wait)
        return self.fetch_page(url)

    def _load_robots(self, url: str) -> None:
        """Loads robots.txt before the first page, and adopts its Crawl-delay if that is longer.

        A missing file allows every page. If the file cannot be fetched, no page is allowed (RFC 9309, 2.3.1), and the
        error is reported for the requested page.
        """
        with self._robots_lock:
            if self._robots is None:
                try:
                    page = self._fetch_with_retries(self._robots_url)
                    assert isinstance(page, Page)
                    self._robots = RobotsRules(page.html)
                except NotFound:
                    self._robots = RobotsRules("")
                except FetchError as error:
                    raise FetchError(url, f"robots.txt {error.detail}", permanent=error.permanent) from error
                self._limiter.lengthen_delay(self._robots.crawl_delay)

    def _fetch_with_retries(self, url: str, validators: Validators = UNCONDITIONAL) -> Page | NotModified:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(MAX_ATTEMPTS),
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, FetchError) and not error.permanent),
            wait=self._compute_wait,
            sleep=self._sleep,
            before_sleep=_log_retry,
            reraise=True,
        )
        return retrying(self._follow_redirects, url, validators)

    def _follow_redirects(self, requested_url: str, validators: Validators) -> Page | NotModified:
        url, deadline = requested_url, time.monotonic() + self._options.page_timeout
        read = read_robots if requested_url == self._robots_url else read_text
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = self._fetch_once(url, deadline, validators, read)
            except FetchError as error:
                raise error if url == requested_url else error.behind_redirect(requested_url) from error
            if not isinstance(response, str):
                return response
            url, validators = response, UNCONDITIONAL  # they belong to the requested address
        raise FetchError(requested_url, f"redirects more than {MAX_REDIRECTS} times", permanent=True)

    def _fetch_once(self, url: str, deadline: float, validators: Validators, read: Read) -> Page | NotModified | str:
        """Sends one request. Returns the target as a string if the response is a redirect."""
        self._check_allowed(url)
        self._limiter.wait_for_turn()
        if self._refusal:
            raise self._refusal
        headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        with self._request(url, {name: value for name, value in headers.items() if value}) as response:
            self._count_refusals(response.status_code)
            if response.is_redirect:
                return _read_target(response, url)
            if response.status_code == 304 and validators != UNCONDITIONAL:
                return NotModified()
            if response.status_code != 200:
                raise self._describe_error(response, url)
            limits = BodyLimits(deadline=deadline, max_bytes=self._options.max_page_bytes, halt=self._halt)
            return Page(url, read(response, url, limits), read_validators(response))

    def _check_allowed(self, url: str) -> None:
        try:
            is_own_host = parse_origin(url) == self._origin
        except ValueError:
            is_own_host = False
        if is_own_host and has_user_information(url):
            raise FetchError(url, "contains a user name or a password, so it was not requested", permanent=True)
        if not is_own_host:
            raise FetchError(url, OTHER_HOST, permanent=True)
        if self._robots and not self._robots.allows(url):
            raise FetchError(url, "is disallowed by the shop's robots.txt", permanent=True)

    def _count_refusals(self, status: int) -> None:
        """Raises ShopRefuses after MAX_REFUSALS refusals in a row."""
        self._refusals = self._refusals + 1 if status in REFUSING_STATUSES else 0
        if self._refusals >= MAX_REFUSALS:
            self._refuse(f"The shop refused {MAX_REFUSALS} requests in a row; the last status was {status}.")

    def _describe_error(self, response: requests.Response, url: str) -> FetchError:
        """The error of a response. A Retry-After header delays all requests to the shop."""
        status = response.status_code
        retry_after = None
        if status in PAUSING_STATUSES:
            retry_after = parse_retry_after(response.headers.get("Retry-After", ""))
        if retry_after:
            self._pause(retry_after)
        is_transient = status in TRANSIENT_STATUSES
        error_class = NotFound if 400 <= status < 500 and not is_transient else FetchError
        detail = f"returned status {status}"
        return error_class(url, detail, permanent=not is_transient, retry_after=retry_after)

    def _pause(self, seconds: float) -> None:
        if seconds > MAX_RETRY_AFTER:
            minutes = ceil(seconds / 60)
            self._refuse(f"The shop asks to wait {minutes} minute{'' if minutes == 1 else 's'}.")
        self._limiter.pause(seconds)

    def _refuse(self, reason: str) -> NoReturn:
        self._refusal = ShopRefuses(reason)
        raise self._refusal

    def _sleep(self, seconds: float) -> None:
        if self._halt.wait(max(seconds, 0.0)):
            raise Halted

    def _compute_wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt: the Retry-After header, otherwise exponential backoff."""
        error = state.outcome.exception() if state.outcome else None
        return (error.retry_after if isinstance(error, FetchError) else None) or self._backoff(state)

    def _request(self, url: str, headers: dict[str, str]) -> requests.Response:
        # A redirect from https to http must not reveal the credentials.
        is_downgrade = self._starts_with_tls and not url.startswith("https:")
        try:
            return self._client.get(url, headers=headers, auth=None if is_downgrade else self._options.credentials)
        except RequestFailed as error:
            raise FetchError(url, error.detail, permanent=error.permanent) from error


def _create_client(options: FetchOptions) -> HttpClient:
    return HttpClient(
        contact=options.contact,
        connections=options.connections,
        timeout=(options.connect_timeout, options.read_timeout),
        header_seconds=options.header_timeout,
        allow_private_addresses=options.private_addresses,
    )


def _read_target(response: requests.Response, url: str) -> str:
    try:
        return urljoin(url, read_location(response))
    except ValueError as error:
        raise FetchError(url, "redirects to an invalid address", permanent=True) from error


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    logger.debug("%s; attempt %d of %d follows in %.1f s", error, state.attempt_number + 1, MAX_ATTEMPTS, wait)
