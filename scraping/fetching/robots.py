"""The rules of a shop's robots.txt (RFC 9309)."""

from dataclasses import replace

import requests
from protego import Protego

from core.http_client import PRODUCT
from scraping.fetching.decoding import BodyLimits, read_limited_body

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is parsed
MAX_CRAWL_DELAY = 60.0  # seconds


class RobotsRules:
    """The rules for this product. An empty text allows every page."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text)

    def allows(self, url: str) -> bool:
        return bool(self._rules.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float:
        """Seconds between two requests; zero if the file states none."""
        return min(self._rules.crawl_delay(PRODUCT) or 0.0, MAX_CRAWL_DELAY)


def read_robots(response: requests.Response, url: str, limits: BodyLimits) -> str:
    """Returns the beginning of the file. Bytes that are not UTF-8 are left out (2.2). Raises FetchError or Halted."""
    body = read_limited_body(response, url, replace(limits, max_bytes=MAX_BYTES), may_be_cut=True)
    if len(body) == MAX_BYTES:  # half a line would be another rule
        body = body[: body.rfind(b"\n") + 1]
    return body.decode("utf-8-sig", errors="ignore")
