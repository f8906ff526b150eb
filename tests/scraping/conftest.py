"""A fetcher of the shop on loopback."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from scraping.fetching import fetcher
from scraping.fetching.fetcher import Fetcher, Manners
from tests.support.fetching import Open


@pytest.fixture
def opened(shop_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens fetchers of the shop; the waits between attempts are cut short."""
    monkeypatch.setattr(fetcher, "_backoff", lambda state: 0.01)
    with ExitStack() as stack:

        def open_fetcher(
            *,
            delay: float = 0,
            contact: str = "",
            halt: threading.Event | None = None,
            url: str = shop_url,
            private_addresses: bool = True,
        ) -> Fetcher:
            manners = Manners(delay=delay, contact=contact, connections=4, private_addresses=private_addresses)
            return stack.enter_context(Fetcher(url, manners, halt or threading.Event()))

        yield open_fetcher


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits between attempts are cut short."""
    monkeypatch.setattr(fetcher, "_backoff", lambda state: 0.01)
