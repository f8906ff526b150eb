"""Workers as processes: what they take up, and what becomes of a run whose worker is killed."""

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.shop.app import Faults, Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.installation import Installation

START = (
    "from scraping.errors import RunInProgress\n"
    "from scraping.tasks import start_in_background\n"
    "try: print(start_in_background(site='books_to_scrape', trigger='api').pk)\n"
    "except RunInProgress as error: print(error)"
)
ENDED = "state NOT IN ('queued', 'running')"
Rows = list[tuple[Any, ...]]


def shop_of(installation: Installation, url: str) -> Installation:
    """The same, with this shop in its settings."""
    return Installation({**installation.environment, "SHOP_URL": url, "SHOP_DELAY": "0"}, installation.database)


@contextmanager
def worker(installation: Installation) -> Iterator["subprocess.Popen[str]"]:
    process = installation.start("db_worker", "--interval", "0.05", "--no-startup-delay", "--no-reload")
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ask(installation: Installation) -> str:
    """The number of the new run, or why there is none."""
    finished = installation.manage("shell", "--verbosity", "0", "--command", START)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def wait_until(condition: Callable[[], Any], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def ended(installation: Installation, run: str) -> bool:
    return bool(installation.query(f"SELECT 1 FROM scraping_scraperun WHERE id = {int(run)} AND {ENDED}"))


def test_several_workers_share_one_queue(installation: Installation, shop_url: str) -> None:
    """Of many who start at once one wins, and each run is executed once, by one worker, none beside another."""
    there = shop_of(installation, shop_url)
    with worker(there), worker(there), worker(there):
        for number in range(1, 4):
            starters = [there.start("shell", "--verbosity", "0", "--command", START) for _ in range(4)]
            said = [process.communicate(timeout=60)[0].strip() for process in starters]
            started = [each for each in said if each.isdigit()]
            assert started, said
            assert all("already" in each or "at this moment" in each for each in said if not each.isdigit()), said
            for run in started:
                wait_until(partial(ended, there, run))
            assert number <= len(there.query("SELECT id FROM scraping_scraperun"))

    runs = there.query("SELECT state, started_at, finished_at FROM scraping_scraperun ORDER BY started_at")
    assert {state for state, _, _ in runs} == {"succeeded"}
    assert all(earlier[2] <= later[1] for earlier, later in pairwise(runs))
    tasks = there.query("SELECT status, return_value, worker_ids FROM django_tasks_database_dbtaskresult")
    assert [str(status) for status, _, _ in tasks] == ["SUCCESSFUL"] * len(runs)
    assert there.query("SELECT count(*) FROM books_book") == [(45,)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_end_ends_its_crawl_between_two_pages(
    installation: Installation, number: signal.Signals
) -> None:
    with serving(Shop(read_books()[:400], Faults(latency=0.01))) as url, worker(shop_of(installation, url)) as process:
        ask(installation)
        wait_until(lambda: installation.query("SELECT count(*) FROM books_book") != [(0,)])

        process.send_signal(number)

        assert process.wait(30) == 0
    ((state, reason),) = installation.query("SELECT state, reason FROM scraping_scraperun")
    assert (state, reason) == ("interrupted", "It was told to stop; what it had read is kept.")
    assert 0 < installation.query("SELECT count(*) FROM books_book")[0][0] < 400


CATALOGUE = (
    "SELECT source_key, title, c.name, price, currency, in_stock, stock, rating, description, cover_url, product_url,"
    " missing_since IS NULL FROM books_book JOIN books_category c ON c.id = category_id ORDER BY source_key"
)
PRICES = (
    "SELECT source_key, o.price, o.currency, o.in_stock FROM books_priceobservation o"
    " JOIN books_book b ON b.id = book_id ORDER BY source_key, o.id"
)
HELD = (
    "SELECT source_key, h.price, h.text, h.state FROM books_heldprice h JOIN books_book b ON b.id = book_id"
    " ORDER BY source_key, h.id"
)
PAGES = "SELECT source_key, url, run_id, listing, etag, record FROM scraping_pagestate ORDER BY source_key"
CATEGORIES = "SELECT name FROM books_category ORDER BY name"


def state_of(installation: Installation) -> list[Rows]:
    """Row by row, but for ids and times."""
    return [installation.query(sql) for sql in (CATALOGUE, PRICES, HELD, PAGES, CATEGORIES)]


def crawl_whole(installation: Installation) -> None:
    """A run that nobody disturbs, once no other is in its way."""
    with worker(installation):
        said = ask(installation)
        while not said.isdigit():  # a killed worker had claimed a run that it did not start: 30 s make sure
            time.sleep(1)
            said = ask(installation)
        wait_until(lambda: ended(installation, said))
    assert installation.query(f"SELECT state FROM scraping_scraperun WHERE id = {said}") == [("succeeded",)]


def kill_at(installation: Installation, seconds: float) -> None:
    """Starts a run and kills the worker so long after the run stands in the queue."""
    with worker(installation) as process:
        run = ask(installation)
        assert run.isdigit(), run
        wait_until(lambda: process.poll() is None)
        time.sleep(seconds)


def test_a_worker_killed_at_ten_random_moments_leaves_what_one_undisturbed_run_leaves(
    installation: Installation, tmp_path: Path
) -> None:
    chance = random.Random()
    shop = Shop(read_books()[:120], Faults(latency=0.005))
    with serving(shop) as url, Installation.create(tmp_path / "undisturbed") as beside:
        disturbed, undisturbed = shop_of(installation, url), shop_of(beside, url)
        moments = []
        for number in range(10):
            change(shop, number)
            moments.append(chance.uniform(0, 1.5))
            kill_at(disturbed, moments[-1])
            crawl_whole(disturbed)
            crawl_whole(undisturbed)

            assert state_of(disturbed) == state_of(undisturbed), moments

    states = {state for (state,) in disturbed.query("SELECT state FROM scraping_scraperun")}
    assert states <= {"interrupted", "succeeded"}
    assert "interrupted" in states, f"no kill hit a run: {moments}"


def change(shop: Shop, number: int) -> None:
    """Prices that change, one too odd to believe, a book that goes and one that is back."""
    for book in shop.stock[number::4]:
        shop.faults.prices[book.upc] = f"{20 + number}.{number:02}"
    shop.faults.prices[shop.stock[number].upc] = "0.01"
    shop.faults.vanished = {shop.stock[60 + number].upc}
