"""The fetcher against a shop on loopback that misbehaves."""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from scraping import body, fetcher
from scraping.errors import FetchError, Halted
from scraping.fetcher import Fetcher, Manners
from scraping.page import NotModified, Page, Validators
from tests.shop.app import LAST_MODIFIED, Shop
from tests.shop.catalogue import read_books
from tests.shop.server import serving

Open = Callable[..., Fetcher]


@pytest.fixture
def opened(shop_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens fetchers of the shop; the waits between attempts are cut short."""
    monkeypatch.setattr(fetcher, "_backoff", lambda state: 0.01)
    with ExitStack() as stack:

        def open_fetcher(
            *, delay: float = 0, contact: str = "", halt: threading.Event | None = None, url: str = shop_url
        ) -> Fetcher:
            manners = Manners(delay=delay, contact=contact, connections=4)
            return stack.enter_context(Fetcher(url, manners, halt or threading.Event()))

        yield open_fetcher


def got(asked: Fetcher, url: str) -> Page:
    page = asked.get(url)
    assert isinstance(page, Page)
    return page


def refusal(asked: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        asked.get(url)
    assert caught.value.url
    return caught.value


def test_a_page_is_decoded_from_its_bytes_although_no_charset_is_declared(opened: Open, shop_url: str) -> None:
    page = got(opened(), shop_url)

    assert page.url == shop_url
    assert "£" in page.html
    assert "Â" not in page.html


def test_it_says_who_asks(opened: Open, shop: Shop, shop_url: str) -> None:
    opened(contact="me@example.org").get(shop_url)

    assert shop.agents == {"Colophon/0.1 (+me@example.org)"}


@pytest.mark.parametrize("failures", [1, 3])
def test_a_passing_failure_is_tried_again(opened: Open, shop: Shop, shop_url: str, failures: int) -> None:
    shop.faults.failures["/"] = failures

    assert got(opened(), shop_url).html
    assert shop.requests["/"] == failures + 1


def test_attempts_are_bounded(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/"] = 500

    error = refusal(opened(), shop_url)

    assert (error.detail, error.permanent) == ("answered 500", False)
    assert shop.requests["/"] == fetcher.ATTEMPTS


def test_a_page_that_is_not_there_is_asked_for_once(opened: Open, shop: Shop, shop_url: str) -> None:
    error = refusal(opened(), f"{shop_url}catalogue/none.html")

    assert (error.detail, error.permanent) == ("answered 404", True)
    assert shop.requests["/catalogue/none.html"] == 1


@pytest.mark.parametrize(("told", "waited"), [("7", 7.0), ("86400", 30.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)])
def test_retry_after_is_honoured_up_to_a_cap(
    opened: Open, shop: Shop, shop_url: str, told: str, waited: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.faults.retry_after = told
    shop.faults.failures["/"] = 1
    waits: list[float] = []
    asked = opened()
    monkeypatch.setattr(asked, "_rest", waits.append)

    asked.get(shop_url)

    assert max(waits) == waited


def test_robots_txt_is_read_once_and_obeyed(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.robots = "User-agent: *\nDisallow: /catalogue/\n"
    asked = opened()

    asked.get(shop_url)
    error = refusal(asked, f"{shop_url}catalogue/page-2.html")

    assert "robots.txt" in error.detail
    assert shop.requests["/robots.txt"] == 1
    assert shop.requests["/catalogue/page-2.html"] == 0


def test_robots_txt_that_cannot_be_read_allows_nothing(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/robots.txt"] = 503

    assert refusal(opened(), shop_url).detail == "robots.txt answered 503"
    assert shop.requests["/"] == 0


def test_a_redirect_to_a_page_that_robots_txt_refuses_is_not_followed(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.robots = "User-agent: Colophon\nDisallow: /catalogue/\n"
    shop.faults.redirects["/"] = "/catalogue/page-2.html"

    refusal(opened(), shop_url)

    assert shop.requests["/catalogue/page-2.html"] == 0


def test_a_longer_crawl_delay_is_kept(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.robots = "User-agent: *\nCrawl-delay: 0.2\n"
    asked = opened()

    for _ in range(3):
        asked.get(shop_url)

    assert (
        min(later - earlier for earlier, later in zip(shop.times[1:], shop.times[2:], strict=False)) >= 0.15
    )  # the network may squeeze the distance


def test_all_threads_share_one_rate(opened: Open, shop: Shop, shop_url: str) -> None:
    asked = opened(delay=0.05)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(asked.get, [shop_url] * 8))

    # Asked of the first and last: between two the network may squeeze the distance.
    assert shop.times[-1] - shop.times[0] >= 8 * 0.05 - 0.02


def test_a_redirect_within_the_host_is_followed(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/old.html"] = "/catalogue/page-2.html"

    assert got(opened(), f"{shop_url}old.html").url == f"{shop_url}catalogue/page-2.html"


def test_a_page_that_is_as_it_was_is_not_sent_again(opened: Open, shop: Shop, shop_url: str) -> None:
    known = got(opened(), shop_url).validators

    assert known.etag
    assert opened().get(shop_url, known) == NotModified()
    assert shop.answers[304] == 1
    shop.faults.vanished.add(shop.stock[0].upc)
    assert isinstance(opened().get(shop_url, known), Page)


def test_the_validators_of_one_address_are_not_those_of_another(opened: Open, shop: Shop, shop_url: str) -> None:
    known = got(opened(), shop_url).validators
    shop.faults.redirects["/old.html"] = "/"

    assert isinstance(opened().get(f"{shop_url}old.html", known), Page)


def test_a_304_that_nobody_asked_for_is_an_error(opened: Open, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/"] = 304

    assert refusal(opened(), shop_url).detail == "answered 304"


@pytest.mark.parametrize("etag", ['"\x7f"', f'"{"x" * 300}"', '"\xe9"'])
def test_validators_that_cannot_be_kept_are_left(opened: Open, shop: Shop, shop_url: str, etag: str) -> None:
    shop.etag = etag

    assert got(opened(), shop_url).validators == Validators(last_modified=LAST_MODIFIED)


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


def test_a_halt_ends_a_wait_at_once(opened: Open, shop: Shop, shop_url: str) -> None:
    halt = threading.Event()
    asked = opened(delay=60, halt=halt)
    threading.Timer(0.2, halt.set).start()
    started = time.monotonic()

    with pytest.raises(Halted):
        asked.get(shop_url)

    assert time.monotonic() - started < 30


def test_retries_are_logged_for_who_looks_closer(
    opened: Open, shop: Shop, shop_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.faults.failures["/"] = 1

    with caplog.at_level(logging.DEBUG, "scraping"):
        opened().get(shop_url)

    assert "attempt 2 of 4" in caplog.text


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
