"""The fetcher's retries, request rate, robots.txt and conditional requests, over HTTP."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from urllib.parse import urljoin

import pytest

from scraping.errors import FetchError, Halted, ShopRefuses
from scraping.fetching import options
from scraping.page import NotModified, Page, Validators
from tests.fakes.shop.app import LAST_MODIFIED, Shop
from tests.support.fetching import OpenFetcher, fetch, fetch_error


class WaitRecorder(threading.Event):
    """A halt event that records all waits and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return False


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_private_addresses_need_permission(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, host: str) -> None:
    url = shop_url.replace("127.0.0.1", host)
    error = fetch_error(open_fetcher(url=url, private_addresses=False), url)

    assert "127.0.0.1" in error.detail
    assert "PRIVATE_ADDRESSES=true" in error.detail
    assert error.permanent
    assert shop.requests.total() == 0


def test_pages_without_charset_are_utf_8(open_fetcher: OpenFetcher, shop_url: str) -> None:
    page = fetch(open_fetcher(), shop_url)

    assert page.url == shop_url
    assert "£" in page.html
    assert "Â" not in page.html


def test_user_agent_contains_the_contact(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    fetch(open_fetcher(contact="me@example.org"), shop_url)

    assert shop.user_agents == {"Colophon/0.1.0 (+me@example.org)"}


@pytest.mark.parametrize("failures", [1, 3])
def test_transient_failures_are_retried(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, failures: int) -> None:
    shop.faults.failures["/"] = failures

    assert fetch(open_fetcher(), shop_url).html
    assert shop.requests["/"] == failures + 1


def test_attempts_are_limited(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/"] = 500

    error = fetch_error(open_fetcher(), shop_url)

    assert (error.detail, error.permanent) == ("returned status 500", False)
    assert shop.requests["/"] == options.DEFAULT_ATTEMPTS


def test_missing_pages_are_requested_once(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    error = fetch_error(open_fetcher(), f"{shop_url}catalogue/none.html")

    assert (error.detail, error.permanent) == ("returned status 404", True)
    assert shop.requests["/catalogue/none.html"] == 1


@pytest.mark.parametrize("header", ["7", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"])
def test_retry_after_is_obeyed(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, header: str) -> None:
    shop.faults.retry_after = header
    shop.faults.failures["/"] = 1
    halt = WaitRecorder()

    fetch(open_fetcher(halt=halt), shop_url)

    assert (max(halt.waits) >= 6.9) == (header == "7")


@pytest.mark.parametrize(("seconds", "minutes"), [("31", "1 minute"), ("3600", "60 minutes")])
def test_longer_retry_after_ends_the_run(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, seconds: str, minutes: str
) -> None:
    shop.faults.retry_after = seconds
    shop.faults.failures["/"] = 1

    with pytest.raises(ShopRefuses, match=rf"The shop asks to wait {minutes}\."):
        open_fetcher().fetch_page(shop_url)


@pytest.mark.parametrize("status", [408, 425, 520, 521, 522, 523, 524, 530])
def test_passing_failures_are_tried_again(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, status: int) -> None:
    shop.faults.failures["/"], shop.faults.failure_status = 1, status

    fetch(open_fetcher(), shop_url)

    assert shop.requests["/"] == 2


@pytest.mark.parametrize("status", [403, 429])
def test_ten_refusals_in_a_row_end_the_run(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, status: int) -> None:
    shop_fetcher = open_fetcher()
    shop.faults.statuses |= {book.path: status for book in shop.stock}
    fetch(shop_fetcher, shop_url)

    def fetch_all() -> None:
        for book in shop.stock:
            with suppress(FetchError):
                shop_fetcher.fetch_page(urljoin(shop_url, book.path))

    with pytest.raises(ShopRefuses, match=f"refused 10 requests in a row; the last status was {status}"):
        fetch_all()

    assert shop.status_counts[status] == 10
    with pytest.raises(ShopRefuses):
        shop_fetcher.fetch_page(shop_url)
    assert shop.requests["/"] == 1


def test_robots_txt_is_read_once_and_obeyed(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.robots = "User-agent: *\nDisallow: /catalogue/\n"
    shop_fetcher = open_fetcher()

    fetch(shop_fetcher, shop_url)
    error = fetch_error(shop_fetcher, f"{shop_url}catalogue/page-2.html")

    assert "robots.txt" in error.detail
    assert shop.requests["/robots.txt"] == 1
    assert shop.requests["/catalogue/page-2.html"] == 0


def test_unreadable_robots_txt_allows_nothing(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/robots.txt"] = 503

    assert fetch_error(open_fetcher(), shop_url).detail == "was not requested, because robots.txt returned status 503"
    assert shop.requests["/"] == 0


def test_redirects_to_disallowed_pages_are_not_followed(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.robots = "User-agent: Colophon\nDisallow: /catalogue/\n"
    shop.faults.redirects["/"] = "/catalogue/page-2.html"

    assert "robots.txt" in fetch_error(open_fetcher(), shop_url).detail
    assert shop.requests["/catalogue/page-2.html"] == 0


def test_longer_crawl_delay_is_adopted(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.robots = "User-agent: *\nCrawl-delay: 0.2\n"
    shop_fetcher = open_fetcher()

    for _ in range(3):
        fetch(shop_fetcher, shop_url)

    intervals = [later - earlier for earlier, later in pairwise(shop.request_times[1:])]
    assert min(intervals) >= 0.15  # latency may shorten an interval


def test_all_threads_share_one_rate(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop_fetcher = open_fetcher(delay=0.05)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(shop_fetcher.fetch_page, [shop_url] * 8))

    # From the first to the last request, because latency may shorten a single interval.
    assert shop.request_times[-1] - shop.request_times[0] >= 8 * 0.05 - 0.02


def test_redirects_within_the_host_are_followed(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/old.html"] = "/catalogue/page-2.html"

    assert fetch(open_fetcher(), f"{shop_url}old.html").url == f"{shop_url}catalogue/page-2.html"


def test_unmodified_pages_are_not_sent_again(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    validators = fetch(open_fetcher(), shop_url).validators

    assert validators.etag
    assert open_fetcher().fetch_page(shop_url, validators) == NotModified()
    assert shop.status_counts[304] == 1
    shop.faults.delisted.add(shop.stock[0].upc)
    assert isinstance(open_fetcher().fetch_page(shop_url, validators), Page)


def test_validators_are_not_sent_to_redirect_targets(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    validators = fetch(open_fetcher(), shop_url).validators
    shop.faults.redirects["/old.html"] = "/"

    assert isinstance(open_fetcher().fetch_page(f"{shop_url}old.html", validators), Page)


def test_304_without_a_condition_is_an_error(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/"] = 304

    assert fetch_error(open_fetcher(), shop_url).detail == "returned status 304"


@pytest.mark.parametrize("etag", ['"\x7f"', f'"{"x" * 300}"', '"\xe9"'])
def test_validators_that_cannot_be_stored_are_ignored(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, etag: str
) -> None:
    shop.etag = etag

    assert fetch(open_fetcher(), shop_url).validators == Validators(last_modified=LAST_MODIFIED)


def test_halt_ends_a_wait_at_once(open_fetcher: OpenFetcher, shop_url: str) -> None:
    halt = threading.Event()
    shop_fetcher = open_fetcher(delay=60, halt=halt)
    threading.Timer(0.2, halt.set).start()
    started = time.monotonic()

    with pytest.raises(Halted):
        shop_fetcher.fetch_page(shop_url)

    assert time.monotonic() - started < 30


def test_retries_are_logged_as_debug(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.faults.failures["/"] = 1

    with caplog.at_level(logging.DEBUG, "scraping"):
        fetch(open_fetcher(), shop_url)

    assert "attempt 2 of 4" in caplog.text
