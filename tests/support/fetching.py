"""Helpers for tests of the fetcher."""

from collections.abc import Callable

import pytest

from scraping.errors import FetchError
from scraping.fetching.fetcher import Fetcher
from scraping.page import Page

OpenFetcher = Callable[..., Fetcher]


def fetch(fetcher: Fetcher, url: str) -> Page:
    """Fetches a page that must be sent in full."""
    page = fetcher.fetch_page(url)
    assert isinstance(page, Page)
    return page


def fetch_error(fetcher: Fetcher, url: str) -> FetchError:
    """Fetches a page that must fail, and returns the error."""
    with pytest.raises(FetchError) as caught:
        fetcher.fetch_page(url)
    assert caught.value.url == url
    return caught.value
