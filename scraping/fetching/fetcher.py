"""Fetches a shop's pages: obeys robots.txt, follows redirects, retries failures, sends conditional requests."""

import logging
import threading
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

import tenacity

from scraping.errors import ChallengePage, Disallowed, FetchError, Halted, NotFound
from scraping.fetching.decoding import read_text
from scraping.fetching.options import FetchOptions
from scraping.fetching.rate_limiter import RateLimiter
from scraping.fetching.requester import Limiter, Read, Requester
from scraping.fetching.robots import RobotsFiles, read_robots
from scraping.page import UNCONDITIONAL, NotModified, Page, Validators

logger = logging.getLogger(__name__)

MAX_REDIRECTS = 5
MAX_BACKOFF = 8.0  # seconds
NO_FILES: Mapping[str, str] = MappingProxyType({})


class Fetcher:
    """Fetches pages of one shop; several threads may share it. All requests go to the host of `start_url`.

    `limiter` replaces the rate limiter of this process. `robots` has the texts of known robots.txt files.
    """

    def __init__(
        self,
        start_url: str,
        options: FetchOptions,
        halt: threading.Event,
        *,
        limiter: Limiter | None = None,
        robots: Mapping[str, str] = NO_FILES,
    ) -> None:
        self._options = options
        self._halt = halt
        self._limiter = limiter or RateLimiter(options.delay, self._sleep)
        self._requester = Requester(start_url, options, halt, self._limiter)
        self._robots = RobotsFiles(self._fetch_robots, robots)
        self._backoff = tenacity.wait_exponential_jitter(
            multiplier=options.retry_wait, max=MAX_BACKOFF, jitter=options.retry_wait
        )

    @property
    def request_count(self) -> int:
        return self._limiter.request_count

    @property
    def robots_texts(self) -> dict[str, str]:
        """The texts of the robots.txt files, by host and port."""
        return self._robots.texts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._requester.close()

    def fetch_page(
        self, url: str, validators: Validators = UNCONDITIONAL, read: Read = read_text
    ) -> Page | NotModified:
        """Returns the page, or NotModified if the validators are still current. `read` reads the body.

        Raises FetchError, Halted, or ShopRefuses if the shop wants no more requests.
        """
        self._requester.check_host(url)
        self._load_robots(url, url)
        return self._fetch_with_retries(url, validators, read)

    def fetch_again(self, url: str) -> Page | NotModified:
        """Fetches a page again that could not be parsed, after a short wait."""
        self._sleep(self._options.retry_wait)
        return self.fetch_page(url)

    def _load_robots(self, url: str, requested_url: str) -> None:
        """Loads robots.txt before the first page of a host, and adopts its Crawl-delay if that is longer.

        If the file cannot be fetched, no page is allowed (RFC 9309, 2.3.1), and the error is reported for the requested
        page.
        """
        try:
            rules = self._robots.load(url)
        except ChallengePage:
            raise
        except FetchError as error:
            detail = f"was not requested, because robots.txt {error.detail}"
            raise FetchError(requested_url, detail, permanent=error.permanent, status=error.status) from error
        self._limiter.lengthen_delay(rules.crawl_delay)

    def _fetch_robots(self, url: str) -> str:
        """Returns the text of the file. A missing file allows every page."""
        try:
            page = self._fetch_with_retries(url, UNCONDITIONAL, read_robots)
        except NotFound:
            return ""
        assert isinstance(page, Page)
        return page.html

    def _fetch_with_retries(self, url: str, validators: Validators, read: Read) -> Page | NotModified:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._options.attempts),
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, FetchError) and not error.permanent),
            wait=self._compute_wait,
            sleep=self._sleep,
            before_sleep=self._log_retry,
            reraise=True,
        )
        return retrying(self._follow_redirects, url, validators, read)

    def _follow_redirects(self, requested_url: str, validators: Validators, read: Read) -> Page | NotModified:
        url, deadline = requested_url, time.monotonic() + self._options.page_timeout
        for _ in range(MAX_REDIRECTS + 1):
            try:
                self._check_allowed(url, requested_url, read)
                response = self._requester.send(url, validators, deadline, read)
            except ChallengePage:
                raise
            except FetchError as error:
                if url == requested_url:
                    raise
                raise error.behind_redirect(requested_url) from error
            if not isinstance(response, str):
                return response
            url, validators = response, UNCONDITIONAL  # they belong to the requested address
        raise FetchError(requested_url, f"redirects more than {MAX_REDIRECTS} times", permanent=True)

    def _check_allowed(self, url: str, requested_url: str, read: Read) -> None:
        """Raises Disallowed. Another host of the shop, such as www.shop.example, has its own robots.txt."""
        if read is read_robots:
            return
        self._requester.check_host(url)
        if url != requested_url:
            self._load_robots(url, requested_url)
        if self._robots.forbids(url):
            raise Disallowed(url, "is disallowed by the shop's robots.txt", permanent=True)

    def _sleep(self, seconds: float) -> None:
        if self._halt.wait(max(seconds, 0.0)):
            raise Halted

    def _compute_wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt: the Retry-After header, otherwise exponential backoff."""
        error = state.outcome.exception() if state.outcome else None
        return (error.retry_after if isinstance(error, FetchError) else None) or self._backoff(state)

    def _log_retry(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        wait = state.next_action.sleep if state.next_action else 0.0
        attempts = (state.attempt_number + 1, self._options.attempts)
        logger.debug("%s; attempt %d of %d follows in %.1f s", error, *attempts, wait)
