"""A fixture that opens fetchers for the fake shop."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from scraping.fetching.fetcher import Fetcher
from tests.support.crawls import FETCH_OPTIONS
from tests.support.fetching import OpenFetcher


@pytest.fixture
def open_fetcher(shop_url: str) -> Iterator[OpenFetcher]:
    """Opens a fetcher for the shop. Takes the fields of FetchOptions, `url` and `halt`."""
    with ExitStack() as stack:

        def open_one(*, url: str = shop_url, halt: threading.Event | None = None, **options: Any) -> Fetcher:
            fetcher = Fetcher(url, replace(FETCH_OPTIONS, **options), halt or threading.Event())
            return stack.enter_context(fetcher)

        yield open_one
