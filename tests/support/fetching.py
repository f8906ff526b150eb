"""What tests of the fetcher ask it."""

from collections.abc import Callable

import pytest

from scraping.errors import FetchError
from scraping.fetching.fetcher import Fetcher
from scraping.page import Page

Open = Callable[..., Fetcher]


def got(asked: Fetcher, url: str) -> Page:
    page = asked.get(url)
    assert isinstance(page, Page)
    return page


def refusal(asked: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        asked.get(url)
    assert caught.value.url
    return caught.value
