"""Worker processes: sharing the queue, stopping on a signal, and kill -9."""

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
from tests.support.redis_server import IS_INSTALLED, run_redis_server
from tests.support.service_process import free_port

START = (
    "from scraping.errors import RunInProgress\n"
    "from scraping.tasks import start_in_background\n"
    "try: print(start_in_background(site='books_to_scrape', trigger='api').pk)\n"
    "except RunInProgress as error: print(error)"
)
START_COMMAND = ("shell", "--verbosity", "0", "--command", START)
# as a worker that is killed after it took the task and before it started the run
TAKE_TASK = (
    "from django.conf import settings\n"
    "if settings.TASKS_BACKEND == 'database':\n"
    "    from django_tasks_db.models import DBTaskResult; DBTaskResult.objects.get().claim('worker')\n"
    "else:\n"
    "    import django_rq\n"
    "    queue = django_rq.get_queue('default'); queue.connection.lpop(queue.key)"
)
Rows = list[tuple[Any, ...]]


@pytest.fixture(params=["database", pytest.param("rq", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of each queue engine."""
    if request.param == "database":
        yield {"TASKS_BACKEND": "database"}
        return
    if not IS_INSTALLED:
        pytest.skip("redis-server is not installed")
    with run_redis_server(free_port(), tmp_path) as url:
        yield {"TASKS_BACKEND": "rq", "QUEUE_URL": url}


def with_shop(installation: Installation, url: str, **environment: str) -> Installation:
    shop = {"SHOP_URL": url, "SHOP_DELAY": "0"}
    return Installation({**installation.environment, **shop, **environment}, installation.database)


@contextmanager
def start_worker(installation: Installation) -> Iterator["subprocess.Popen[str]"]:
    process = installation.start("run_worker", "--interval", "0.05")
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def queue_run(installation: Installation) -> str:
    """Returns the id of the new run, or the message of RunInProgress."""
    finished = installation.manage(*START_COMMAND)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def wait_until(condition: Callable[[], Any], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"The condition was not met within {seconds} s."
        time.sleep(0.02)


def read_state(installation: Installation) -> str:
    """The state of the only run."""
    ((state,),) = installation.query("SELECT state FROM scraping_scraperun")
    return str(state)


def has_ended(installation: Installation, run: str) -> bool:
    ended = f"SELECT 1 FROM scraping_scraperun WHERE id = {int(run)} AND state NOT IN ('queued', 'running')"
    return bool(installation.query(ended))


@pytest.mark.parametrize("rounds", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_workers_share_one_queue(
    installation: Installation, shop_url: str, engine: dict[str, str], rounds: int
) -> None:
    """Of four concurrent starts one succeeds. One worker executes the run, and no two runs overlap."""
    installed = with_shop(installation, shop_url, **engine)
    with start_worker(installed), start_worker(installed), start_worker(installed):
        for number in range(1, rounds + 1):
            starters = [installed.start(*START_COMMAND) for _ in range(4)]
            outputs = [process.communicate(timeout=60)[0].strip() for process in starters]
            started = [output for output in outputs if output.isdigit()]
            assert started, outputs
            refused = [output for output in outputs if not output.isdigit()]
            assert all("already" in output or "at the same moment" in output for output in refused), outputs
            for run in started:
                wait_until(partial(has_ended, installed, run))
            assert number <= len(installed.query("SELECT id FROM scraping_scraperun"))

    runs = installed.query("SELECT state, started_at, finished_at FROM scraping_scraperun ORDER BY started_at")
    assert {state for state, _, _ in runs} == {"succeeded"}
    assert all(earlier[2] <= later[1] for earlier, later in pairwise(runs))
    assert installed.query("SELECT DISTINCT attempts FROM scraping_scraperun") == [(1,)]
    assert installed.query("SELECT count(*) FROM books_book") == [(45,)]


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_signal_stops_the_worker_and_the_next_one_continues_its_crawl(
    installation: Installation, engine: dict[str, str], number: signal.Signals
) -> None:
    shop = Shop(read_books()[:400], Faults(latency=0.01))
    with serving(shop) as url:
        installed = with_shop(installation, url, **engine)
        with start_worker(installed) as process:
            queue_run(installed)
            wait_until(lambda: installed.query("SELECT count(*) FROM books_book") != [(0,)])

            process.send_signal(number)

            assert process.wait(30) == 0
        assert read_state(installed) == "queued"
        ((read,),) = installed.query("SELECT count(*) FROM books_book")
        assert 0 < read < 400
        shop.requests.clear()
        with start_worker(installed):
            wait_until(lambda: read_state(installed) == "succeeded")

    assert sum(shop.requests[book.path] for book in shop.stock) == 400 - read


@pytest.mark.parametrize(
    "moment", ["before it starts the run", pytest.param("during the crawl", marks=pytest.mark.slow)]
)
def test_run_of_a_killed_worker_is_continued_by_the_next_one(
    installation: Installation, engine: dict[str, str], moment: str
) -> None:
    shop = Shop(read_books()[:400], Faults(latency=0.01))
    with serving(shop) as url:
        installed = with_shop(installation, url, **engine)
        queue_run(installed)
        if moment == "during the crawl":
            with start_worker(installed):
                wait_until(lambda: installed.query("SELECT count(*) FROM books_book") != [(0,)])
        else:
            assert installed.manage("shell", "--verbosity", "0", "--command", TAKE_TASK).returncode == 0
        ((read,),) = installed.query("SELECT count(*) FROM books_book")
        shop.requests.clear()
        with start_worker(installed):
            wait_until(lambda: read_state(installed) == "succeeded")

    assert sum(shop.requests[book.path] for book in shop.stock) == 400 - read


CATALOGUE = (
    "SELECT source_key, title, c.name, price, currency, availability, stock, rating, description, cover_url,"
    " product_url, missing_since IS NULL FROM books_book JOIN books_category c ON c.id = category_id"
    " ORDER BY source_key"
)
PRICES = (
    "SELECT source_key, o.price, o.currency, o.availability FROM books_priceobservation o"
    " JOIN books_book b ON b.id = book_id ORDER BY source_key, o.id"
)
HELD_PRICES = (
    "SELECT source_key, h.price, h.text, h.state FROM books_heldprice h JOIN books_book b ON b.id = book_id"
    " ORDER BY source_key, h.id"
)
PAGES = "SELECT source_key, url, run_id, listing, etag, record FROM scraping_pagestate ORDER BY source_key"
CATEGORIES = "SELECT name FROM books_category ORDER BY name"


def dump_data(installation: Installation) -> list[Rows]:
    """All rows, without ids and times."""
    return [installation.query(sql) for sql in (CATALOGUE, PRICES, HELD_PRICES, PAGES, CATEGORIES)]


def crawl_undisturbed(installation: Installation) -> None:
    """Crawls until the end, after the worker has recovered and finished an interrupted run."""
    with start_worker(installation):
        output = queue_run(installation)
        while not output.isdigit():
            time.sleep(0.5)
            output = queue_run(installation)
        wait_until(lambda: has_ended(installation, output))
    assert installation.query(f"SELECT state FROM scraping_scraperun WHERE id = {output}") == [("succeeded",)]


def crawl_and_kill(installation: Installation, seconds: float) -> None:
    """Queues a run and kills the worker after this time."""
    with start_worker(installation) as process:
        run = queue_run(installation)
        assert run.isdigit(), run
        assert process.poll() is None
        time.sleep(seconds)


def change_shop(shop: Shop, number: int) -> None:
    """Changes prices, one of them to an implausible value, delists one book and lists another one again."""
    for book in shop.stock[number::4]:
        shop.faults.prices[book.upc] = f"{20 + number}.{number:02}"
    shop.faults.prices[shop.stock[number].upc] = "0.01"
    shop.faults.delisted = {shop.stock[60 + number].upc}


@pytest.mark.slow
@pytest.mark.parametrize(("kills", "earliest"), [(1, 0.8), (10, 0.0)])
def test_killed_worker_leaves_the_same_data_as_an_undisturbed_one(
    installation: Installation, tmp_path: Path, kills: int, earliest: float
) -> None:
    """kill -9 at random moments, at most 1.5 s after the run was queued. The next crawl repairs everything."""
    moments: list[float] = []
    shop = Shop(read_books()[:120], Faults(latency=0.005))
    with serving(shop) as url, Installation.create(tmp_path / "undisturbed") as reference:
        disturbed, undisturbed = with_shop(installation, url), with_shop(reference, url)
        for number in range(kills):
            change_shop(shop, number)
            moments.append(random.uniform(earliest, 1.5))
            crawl_and_kill(disturbed, moments[-1])
            crawl_undisturbed(disturbed)
            crawl_undisturbed(undisturbed)

            assert dump_data(disturbed) == dump_data(undisturbed), moments

    states = [state for (state,) in disturbed.query("SELECT state FROM scraping_scraperun")]
    assert set(states) <= {"interrupted", "succeeded"}
    if kills > 1:
        assert "interrupted" in states, f"No kill hit a running crawl: {moments}"
