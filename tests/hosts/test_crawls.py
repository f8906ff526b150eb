"""Crawls by workers of three hosts: one execution of a run, takeover from a killed worker, and wrong clocks."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from scraping.runs.liveness import HEARTBEAT_TIMEOUT
from tests.hosts.conftest import SHOP_DELAY, Cluster
from tests.hosts.host import Host
from tests.scraping.runs.test_worker import wait_until

pytestmark = [pytest.mark.xdist_group("hosts"), pytest.mark.slow]

Workers = dict[str, "subprocess.Popen[bytes]"]
WINDOW = 20  # requests


@contextmanager
def run_workers(*hosts: Host) -> Iterator[Workers]:
    with ExitStack() as stack:
        workers = {host.name: stack.enter_context(host.start_worker()) for host in hosts}
        for worker in workers.values():
            stack.callback(worker.kill)
        yield workers


@pytest.fixture(autouse=True)
def new_shop(cluster: Cluster) -> Iterator[None]:
    """Forgets earlier crawls, so that each test crawls the whole shop."""
    cluster.query("TRUNCATE scraping_scraperun, scraping_pagestate, scraping_listingstate CASCADE")
    cluster.query("TRUNCATE books_book CASCADE")
    cluster.shop.requests.clear()
    cluster.shop.request_times.clear()
    yield
    assert shortest_window(cluster) > 0.8 * SHOP_DELAY * WINDOW


def shortest_window(cluster: Cluster) -> float:
    """The shortest time in which the shop received WINDOW requests after another one."""
    times = sorted(cluster.shop.request_times)
    return min((last - first for first, last in zip(times, times[WINDOW:], strict=False)), default=60.0)


@contextmanager
def slow_shop(cluster: Cluster) -> Iterator[None]:
    """Keeps a crawl from ending within the block, however long its commands take to start."""
    cluster.shop.faults.latency = 2
    try:
        yield
    finally:
        cluster.shop.faults.latency = 0


def start_run(cluster: Cluster, host: Host) -> int:
    body = {"site": "books_to_scrape"}
    return host.request("POST", "/api/scrape-runs", json=body, headers=cluster.headers).status_code


def read_run(cluster: Cluster) -> tuple[str, int, int, str]:
    """State, attempts, crashes and the name of the host of the only run."""
    ((state, attempts, crashes, host),) = cluster.query("SELECT state, attempts, crashes, host FROM scraping_scraperun")
    return str(state), int(attempts), int(crashes), str(host).partition(" ")[0]


def wait_for_state(cluster: Cluster, state: str) -> None:
    wait_until(lambda: read_run(cluster)[0] == state, seconds=120)


def wait_for_books(cluster: Cluster) -> None:
    wait_until(lambda: cluster.query("SELECT count(*) FROM books_book") != [(0,)])


def count_page_requests(cluster: Cluster) -> int:
    return sum(cluster.shop.requests[book.path] for book in cluster.shop.stock)


def test_one_of_three_workers_executes_a_run(cluster: Cluster) -> None:
    with run_workers(*cluster.hosts):
        statuses = sorted(start_run(cluster, host) for host in cluster.hosts)
        wait_for_state(cluster, "succeeded")

    assert statuses == [202, 409, 409]
    assert read_run(cluster)[1:3] == (1, 0)
    assert count_page_requests(cluster) == 400


def test_run_of_a_killed_worker_is_finished_by_another_host(cluster: Cluster) -> None:
    with run_workers(*cluster.hosts) as workers:
        assert start_run(cluster, cluster.hosts[0]) == 202
        wait_for_books(cluster)
        killed = read_run(cluster)[3]

        workers[killed].kill()

        survivor = next(host for host in cluster.hosts if host.name != killed)
        time.sleep(HEARTBEAT_TIMEOUT.total_seconds() + 1)
        survivor.manage("run_due")  # which the workers call every minute
        wait_for_state(cluster, "succeeded")

    assert read_run(cluster)[1:3] == (2, 1)
    assert read_run(cluster)[3] != killed
    assert cluster.query("SELECT count(*) FROM books_book") == [(400,)]
    assert 400 <= count_page_requests(cluster) <= 500  # pages of the last two seconds are read again


@pytest.mark.parametrize("slow_host", [1, 2], ids=["40 s behind", "1 h ahead"])
def test_wrong_clock_ends_no_live_run(cluster: Cluster, slow_host: int) -> None:
    """The others refuse a second crawl, and their periodic jobs leave the run alone."""
    host = cluster.hosts[slow_host]
    others = [other for other in cluster.hosts if other is not host]
    with run_workers(host):
        assert start_run(cluster, host) == 202
        wait_for_books(cluster)
        with slow_shop(cluster):
            for other in others:
                other.manage("run_due")
                assert start_run(cluster, other) == 409
        wait_for_state(cluster, "succeeded")

    assert read_run(cluster) == ("succeeded", 1, 0, host.name)


def test_killed_worker_with_a_fast_clock_blocks_no_other_host(cluster: Cluster) -> None:
    with run_workers(cluster.hosts[2]):
        assert start_run(cluster, cluster.hosts[2]) == 202
        wait_for_books(cluster)
    time.sleep(HEARTBEAT_TIMEOUT.total_seconds() + 1)

    with run_workers(cluster.hosts[0]):  # which runs the periodic jobs when it starts
        wait_for_state(cluster, "succeeded")

    assert read_run(cluster) == ("succeeded", 2, 1, "host1")
