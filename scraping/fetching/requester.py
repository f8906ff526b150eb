"""Sends single requests to a shop: one host, a limited rate, limited sizes and times. Counts refusals."""

import threading
from collections.abc import Callable
from math import ceil
from typing import NoReturn, Protocol
from urllib.parse import urljoin

import requests

from core.http_client import HttpClient
from core.http_errors import RequestFailed
from core.retry_after import parse_retry_after
from scraping.errors import ChallengePage, FetchError, NotFound, OtherHost, ShopRefuses
from scraping.fetching.challenges import MAX_LENGTH, contains_challenge, names_challenge
from scraping.fetching.decoding import BodyLimits, read_limited_body
from scraping.fetching.headers import read_location, read_validators
from scraping.fetching.options import FetchOptions
from scraping.origin import has_user_information, normalize_host, parse_origin
from scraping.page import UNCONDITIONAL, NotModified, Page, Validators

Read = Callable[[requests.Response, str, BodyLimits], str]  # reads and decodes a body

MAX_RETRY_AFTER = 30.0  # seconds
# Timeouts, overload and the statuses of Cloudflare (520 to 530) for an origin server that did not respond.
TRANSIENT_STATUSES = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530}
REFUSING_STATUSES = {403, 429}
CHALLENGING_STATUSES = {202, 401, 403, 405, 429, 503}
PAUSING_STATUSES = {429, 503}  # with Retry-After they delay all requests to the shop
OTHER_HOST = (
    "is not on the shop's host, so it was not requested; "
    "if the shop has moved there, set SHOP_URL (SHOP_URLS for other shops) to its new address"
)
OTHER_HOST_OF_ROW = "is not on the shop's host, so it was not requested"


class Limiter(Protocol):
    """Spaces the requests. `wait_for_turn` returns when the next request may be sent."""

    request_count: int

    def wait_for_turn(self) -> None: ...
    def pause(self, seconds: float) -> None: ...
    def lengthen_delay(self, delay: float) -> None: ...


class Requester:
    """Sends requests to the host of `start_url`, also for several threads.

    A page therefore cannot direct requests to other addresses in the operator's network (SSRF).
    """

    def __init__(self, start_url: str, options: FetchOptions, halt: threading.Event, limiter: Limiter) -> None:
        self._origin = parse_origin(start_url)
        self._host = normalize_host(start_url)
        self._starts_with_tls = start_url.startswith("https:")
        self._options = options
        self._halt = halt
        self._limiter = limiter
        self._refusals = 0  # responses in a row
        self._refusal: ShopRefuses | None = None  # ends the requests of all threads
        self._client = _create_client(options)

    def close(self) -> None:
        self._client.close()

    def send(self, url: str, validators: Validators, deadline: float, read: Read) -> Page | NotModified | str:
        """Sends one request. Returns the target as a string if the response is a redirect."""
        self.check_host(url)
        self._limiter.wait_for_turn()
        if self._refusal:
            raise self._refusal
        headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        limits = BodyLimits(deadline=deadline, max_bytes=self._options.max_page_bytes, halt=self._halt)
        with self._request(url, {name: value for name, value in headers.items() if value}) as response:
            if self._options.detects_challenges:
                _check_challenge(response, url, limits)
            self._count_refusals(response.status_code)
            if response.is_redirect:
                return _read_target(response, url)
            if response.status_code == 304 and validators != UNCONDITIONAL:
                return NotModified()
            if response.status_code != 200:
                raise self._describe_error(response, url)
            return Page(url, read(response, url, limits), read_validators(response))

    def check_host(self, url: str) -> None:
        """Raises FetchError for an address that is not requested."""
        try:
            is_own_host = parse_origin(url) == self._origin
            is_own_host |= self._options.follows_www and normalize_host(url) == self._host
        except ValueError:
            is_own_host = False
        if is_own_host and has_user_information(url):
            raise FetchError(url, "contains a user name or a password, so it was not requested", permanent=True)
        if not is_own_host:
            raise OtherHost(url, OTHER_HOST_OF_ROW if self._options.follows_www else OTHER_HOST, permanent=True)

    def _count_refusals(self, status: int) -> None:
        """Raises ShopRefuses after too many refusals in a row."""
        self._refusals = self._refusals + 1 if status in REFUSING_STATUSES else 0
        if self._refusals >= self._options.max_refusals:
            self._refuse(f"The shop refused {self._refusals} requests in a row; the last status was {status}.")

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
        return error_class(url, detail, permanent=not is_transient, retry_after=retry_after, status=status)

    def _pause(self, seconds: float) -> None:
        if seconds > MAX_RETRY_AFTER:
            minutes = ceil(seconds / 60)
            self._refuse(f"The shop asks to wait {minutes} minute{'' if minutes == 1 else 's'}.")
        self._limiter.pause(seconds)

    def _refuse(self, reason: str) -> NoReturn:
        self._refusal = ShopRefuses(reason)
        raise self._refusal

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


def _check_challenge(response: requests.Response, url: str, limits: BodyLimits) -> None:
    """Raises ChallengePage. Reads the body of an error, which nothing else needs."""
    is_challenge = names_challenge(response.headers)
    if not is_challenge and response.status_code in CHALLENGING_STATUSES:
        limits = BodyLimits(deadline=limits.deadline, max_bytes=MAX_LENGTH, halt=limits.halt)
        body = read_limited_body(response, url, limits, may_be_cut=True)
        is_challenge = contains_challenge(body.decode("latin-1"))
    if is_challenge:
        detail = f"asks for a proof that a person sent the request (status {response.status_code})"
        raise ChallengePage(url, detail, permanent=True, status=response.status_code)


def _read_target(response: requests.Response, url: str) -> str:
    try:
        return urljoin(url, read_location(response))
    except ValueError as error:
        raise FetchError(url, "redirects to an invalid address", permanent=True) from error
