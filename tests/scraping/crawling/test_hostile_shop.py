"""The fetcher against a shop that leads away, never ends, or sends what is no page."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scraping.fetching import decoding as body
from scraping.fetching import fetcher
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.fetching import Open, refusal


def test_redirects_in_a_ring_end(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/"] = "/"

    assert "redirects more than" in refusal(opened(), shop_url).detail


@pytest.mark.parametrize("address", ["{other}", "file:///etc/passwd", "ftp://127.0.0.1/", "http://169.254.169.254/"])
def test_no_page_and_no_redirect_leads_off_the_host(opened: Open, shop: Shop, shop_url: str, address: str) -> None:
    neighbour = Shop(read_books()[:1])
    with serving(neighbour) as other:
        target = address.format(other=other)
        shop.faults.redirects["/away.html"] = target
        asked = opened()

        assert refusal(asked, target).permanent
        error = refusal(asked, f"{shop_url}away.html")
        assert error.permanent
        assert error.detail.startswith("redirects to ")

    assert not neighbour.requests


def test_a_page_that_never_ends(opened: Open, shop: Shop, shop_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "PAGE_TIMEOUT", 0.2)
    shop.faults.endless.add("/")

    assert refusal(opened(), shop_url).detail == "did not end in time"


def test_a_page_that_is_too_large(opened: Open, shop: Shop, shop_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MAX_BYTES", 1000)

    assert "is larger than" in refusal(opened(), shop_url).detail


def test_a_page_that_does_not_come(opened: Open, shop: Shop, shop_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "READ_TIMEOUT", 0.1)
    shop.faults.hanging.add("/")

    assert refusal(opened(), shop_url).detail == "did not answer in time"


def test_a_connection_that_breaks_off_is_no_short_page(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.broken_off.add("/")

    assert "broke off" in refusal(opened(), shop_url).detail
    assert shop.requests["/"] == fetcher.ATTEMPTS


def test_bytes_that_are_no_utf8_are_refused_not_replaced(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.bodies["/"] = b"caf\xe9"

    assert "is not text in utf-8" in refusal(opened(), shop_url).detail


def test_nobody_listens(opened: Open) -> None:
    error = refusal(opened(url="http://127.0.0.1:9/"), "http://127.0.0.1:9/")

    assert error.detail == "robots.txt cannot be reached (Connection refused)"


def test_a_shop_that_is_no_tls_server(opened: Open, shop_url: str) -> None:
    address = shop_url.replace("http://", "https://")

    error = refusal(opened(url=address), address)

    assert error.permanent
    assert error.detail.startswith("robots.txt cannot be reached over TLS (")


def test_a_redirect_to_no_address_at_all(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/"] = "//[x"

    assert refusal(opened(), shop_url).permanent


@pytest.fixture
def dripping_url() -> Iterator[str]:
    """A server whose answer's head comes a byte at a time and never ends."""
    closing = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not closing.wait(0.02):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(8) as threads:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threads.submit(drip, server.accept()[0])

        threads.submit(accept)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        closing.set()
        server.shutdown(socket.SHUT_RDWR)


def test_a_head_that_never_ends(opened: Open, dripping_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "HEAD_TIMEOUT", 0.2)

    error = refusal(opened(url=dripping_url), dripping_url)

    assert error.detail == "robots.txt did not answer in time"


def test_a_head_that_never_ends_through_a_proxy(
    opened: Open, dripping_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "HEAD_TIMEOUT", 0.2)
    monkeypatch.setenv("http_proxy", dripping_url)
    url = "http://shop.example/"

    error = refusal(opened(url=url, private_addresses=False), url)

    assert error.detail == "robots.txt cannot be reached (ProxyError)"
