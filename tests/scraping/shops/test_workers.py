"""Several workers read the same shop: one rate for all of them, and kill -9 loses nothing."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.fakes.shop.server import serving
from tests.fakes.structured_shop.app import StructuredShop, make_products
from tests.fakes.structured_shop.markup import render_json_ld
from tests.support.installation import Installation

DELAY = 0.3
KILLS = 4
ADD_SHOP = """
from books.sources import register_source
from scraping.models import Shop, ShopPage
from scraping.origin import normalize_host
from scraping.shops.identity import compute_key
register_source(name="corner", label="Corner", is_shop=True)
shop = Shop.objects.create(
    source_id="corner", host=normalize_host("{address}"), delay={delay}, state="confirmed", pages_per_night={pages}
)
for number in range(1, {pages} + 1):
    url = f"{address}book/{{number}}"
    ShopPage.objects.create(shop=shop, key=compute_key(url), url=url)
"""
FETCH = """
from scraping.models import Shop
from scraping.page import UNCONDITIONAL
from scraping.shops.page_fetching import open_shop
with open_shop(Shop.objects.get(pk="corner"), max_wait=60) as fetcher:
    for number in range({first}, {first} + 3):
        fetcher.fetch(f"{address}book/{{number}}", UNCONDITIONAL)
"""


@pytest.fixture
def shop() -> Iterator[tuple[StructuredShop, str]]:
    server = StructuredShop(render=render_json_ld, products=make_products(20))
    with serving(server) as address:
        yield server, address


def run_code(installation: Installation, code: str) -> None:
    finished = installation.manage("shell", "-v", "0", "-c", code)
    assert finished.returncode == 0, finished.stderr


def test_two_processes_share_the_rate_of_a_shop(installation: Installation, shop: tuple[StructuredShop, str]) -> None:
    server, address = shop
    run_code(installation, ADD_SHOP.format(address=address, delay=DELAY, pages=1))
    started = time.time()
    processes = [
        installation.start("shell", "-v", "0", "-c", FETCH.format(address=address, first=first)) for first in (1, 4)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors

    [(next_request_at,)] = installation.query(
        "SELECT next_request_at FROM books_externalservice WHERE name LIKE 'shop:%'"
    )
    requests = sum(server.requests.values())
    assert requests >= 7  # six pages, and robots.txt once or in both processes
    assert next_request_at >= started + requests * DELAY


@pytest.mark.slow
def test_kill_9_loses_no_page_and_reads_none_twice(
    installation: Installation, shop: tuple[StructuredShop, str]
) -> None:
    server, address = shop
    run_code(installation, ADD_SHOP.format(address=address, delay=0.01, pages=20))
    for _ in range(KILLS):
        worker = installation.start("run_worker", "--interval", "0.05")
        wait_for_requests(server, sum(server.requests.values()) + 3)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        run_code(installation, "from scraping.models import Shop; Shop.objects.update(leased_until=None)")

    worker = installation.start("run_worker", "--interval", "0.05")
    while installation.query("SELECT count(*) FROM scraping_shoppage WHERE read_at IS NULL") != [(0,)]:
        assert worker.poll() is None
        time.sleep(0.1)
    worker.terminate()
    worker.communicate()

    assert installation.query("SELECT count(*) FROM books_book") == [(20,)]
    # A page is requested again only if its reading was killed before it was stored.
    assert sum(server.requests[f"/book/{number}"] for number in range(1, 21)) <= 20 + KILLS


def wait_for_requests(server: StructuredShop, number: int) -> None:
    deadline = time.monotonic() + 120
    while sum(server.requests.values()) < number:
        assert time.monotonic() < deadline, "The worker does not read the shop."
        time.sleep(0.01)
