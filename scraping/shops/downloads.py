"""The interface between a search for pages and the network."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from scraping.page import NotModified, Page, Validators


@dataclass(frozen=True, slots=True)
class Download:
    """The body of a response, in chunks. They may raise FetchError."""

    chunks: Iterable[bytes]
    validators: Validators


class Downloader(Protocol):
    """Sends requests to one shop. Obeys its robots.txt and its rate. The methods raise FetchError for one address.

    Other exceptions end the search. The next one continues it.
    """

    def open(self, url: str, validators: Validators) -> AbstractContextManager[Download | NotModified]: ...
    def fetch_page(self, url: str) -> Page | NotModified: ...
    def list_sitemaps(self) -> list[str]:
        """The addresses in the `Sitemap:` lines of robots.txt."""
        ...
