"""The rules of a shop's robots.txt (RFC 9309)."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urljoin

import requests
from protego import Protego

from core.http_client import PRODUCT
from scraping.fetching.decoding import BodyLimits, read_limited_body
from scraping.origin import parse_origin

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

    @property
    def sitemaps(self) -> list[str]:
        """The addresses of all `Sitemap:` lines, which may be on other hosts."""
        return list(self._rules.sitemaps)


class RobotsFiles:
    """The robots.txt of each host of a shop, such as shop.example and www.shop.example.

    `fetch` returns the text of a file. `texts` are the known files by host and port; those that are fetched are added.
    """

    def __init__(self, fetch: Callable[[str], str], texts: Mapping[str, str]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self.texts = dict(texts)
        self._rules = {host: RobotsRules(text) for host, text in texts.items()}

    def load(self, url: str) -> RobotsRules:
        """Returns the rules for a page, and fetches the file if it is not known. Raises what `fetch` raises."""
        host = _describe_host(url)
        with self._lock:
            if host not in self._rules:
                self.texts[host] = self._fetch(urljoin(url, "/robots.txt"))
                self._rules[host] = RobotsRules(self.texts[host])
            return self._rules[host]

    def forbids(self, url: str) -> bool:
        """Whether a known file disallows the page."""
        rules = self._rules.get(_describe_host(url))
        return rules is not None and not rules.allows(url)


def _describe_host(url: str) -> str:
    host, port = parse_origin(url)
    return f"{host}:{port}"


def read_robots(response: requests.Response, url: str, limits: BodyLimits) -> str:
    """Returns the beginning of the file. Bytes that are not UTF-8 are left out (2.2). Raises FetchError or Halted."""
    body = read_limited_body(response, url, replace(limits, max_bytes=MAX_BYTES), may_be_cut=True)
    if len(body) == MAX_BYTES:  # half a line would be another rule
        body = body[: body.rfind(b"\n") + 1]
    return body.decode("utf-8-sig", errors="ignore")
