"""The fetcher against a shop on loopback that fails now and then."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from scraping.errors import Halted
from scraping.fetching import fetcher
from scraping.page import NotModified, Page, Validators
from tests.fakes.shop.app import LAST_MODIFIED, Shop
from tests.support.fetching import Open, got, refusal


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_shop_in_a_private_network_is_asked_only_where_the_operator_says_so(
    opened: Open, shop: Shop, shop_url: str, host: str
) -> None:
    url = shop_url.replace("127.0.0.1", host)
    error = refusal(opened(url=url, private_addresses=False), url)

    assert "127.0.0.1" in error.detail
    assert "PRIVATE_ADDRESSES=true" in error.detail
    assert error.permanent
    assert shop.requests.total() == 0


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
