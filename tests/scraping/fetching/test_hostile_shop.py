"""The fetcher against a shop that redirects elsewhere, never ends a response, or sends invalid data."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scraping.fetching import options
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.fetching import OpenFetcher, fetch_error


def test_redirect_loops_end(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/"] = "/"

    assert fetch_error(open_fetcher(), shop_url).detail == "redirects more than 5 times"


@pytest.mark.parametrize("address", ["{other}", "file:///etc/passwd", "ftp://127.0.0.1/", "http://169.254.169.254/"])
def test_other_hosts_are_never_requested(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, address: str) -> None:
    other_shop = Shop(read_books()[:1])
    with serving(other_shop) as other_url:
        target = address.format(other=other_url)
        shop.faults.redirects["/away.html"] = target
        shop_fetcher = open_fetcher()

        assert fetch_error(shop_fetcher, target).permanent
        error = fetch_error(shop_fetcher, f"{shop_url}away.html")
        assert error.permanent
        assert error.detail.startswith("redirects to ")

    assert not other_shop.requests


def test_redirects_to_invalid_addresses_are_refused(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/"] = "http://[::"

    error = fetch_error(open_fetcher(), shop_url)

    assert (error.detail, error.permanent) == ("redirects to an invalid address", True)


def test_endless_pages_time_out(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.endless.add("/")

    assert fetch_error(open_fetcher(page_timeout=1), shop_url).detail == "did not arrive completely in time"


def test_large_pages_are_refused(open_fetcher: OpenFetcher, shop_url: str) -> None:
    assert "is larger than" in fetch_error(open_fetcher(max_page_bytes=1000), shop_url).detail


def test_silent_servers_time_out(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.hanging.add("/")

    assert fetch_error(open_fetcher(read_timeout=1), shop_url).detail == "did not respond in time"


def test_aborted_responses_are_errors(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.aborted.add("/")

    assert "was interrupted" in fetch_error(open_fetcher(), shop_url).detail
    assert shop.requests["/"] == options.DEFAULT_ATTEMPTS


def test_invalid_utf_8_is_refused(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.bodies["/"] = b"caf\xe9"

    assert fetch_error(open_fetcher(), shop_url).detail == "is not valid utf-8 text"


def test_closed_port_is_reported(open_fetcher: OpenFetcher) -> None:
    error = fetch_error(open_fetcher(url="http://127.0.0.1:9/"), "http://127.0.0.1:9/")

    assert error.detail == "was not requested, because robots.txt cannot be reached (Connection refused)"


def test_server_without_tls_is_reported(open_fetcher: OpenFetcher, shop_url: str) -> None:
    url = shop_url.replace("http://", "https://")

    error = fetch_error(open_fetcher(url=url), url)

    assert error.permanent
    assert error.detail.startswith("was not requested, because robots.txt cannot be reached over TLS (")


def test_redirect_to_an_invalid_address_is_an_error(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/"] = "//[x"

    assert fetch_error(open_fetcher(), shop_url).permanent


@pytest.fixture
def slow_header_url() -> Iterator[str]:
    """A server that sends one byte of a response header at a time, without an end."""
    closing = threading.Event()

    def send_slowly(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not closing.wait(0.002):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(8) as threads:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threads.submit(send_slowly, server.accept()[0])

        threads.submit(accept)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        closing.set()
        server.shutdown(socket.SHUT_RDWR)


def test_endless_headers_time_out(open_fetcher: OpenFetcher, slow_header_url: str) -> None:
    error = fetch_error(open_fetcher(url=slow_header_url, header_timeout=0.2), slow_header_url)

    assert error.detail == "was not requested, because robots.txt did not respond in time"


def test_endless_headers_of_a_proxy_time_out(
    open_fetcher: OpenFetcher, slow_header_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", slow_header_url)
    url = "http://shop.example/"

    error = fetch_error(open_fetcher(url=url, private_addresses=False, header_timeout=0.2), url)

    assert error.detail == "was not requested, because robots.txt did not respond in time"
