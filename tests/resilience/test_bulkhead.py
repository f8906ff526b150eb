"""Bulkhead: searches that wait for Open Library do not slow down or block requests to the catalogue."""

import threading
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.resilience.load import Client, Response, count_statuses, report_figures
from tests.support.installation import Installation
from tests.support.service_process import run_service

pytestmark = [pytest.mark.xdist_group("load"), pytest.mark.slow]

SEARCHES = 200


def time_reads(address: str) -> list[float]:
    """The durations of a hundred reads of the catalogue, one after another, in seconds."""
    durations: list[float] = []
    with closing(Client(address, timeout=30)) as client:
        for number in range(100):
            start = perf_counter()
            status, page = client.request("GET", f"/api/books?limit={number + 1}")
            durations.append(perf_counter() - start)
            assert (status, page["count"]) == (200, 0)
    return durations


def test_hanging_searches_do_not_block_the_catalogue(installation: Installation, tmp_path: Path) -> None:
    open_library, responses = OpenLibrary(), list[Response]()
    open_library.fault = "hang"
    with serving(open_library) as url:
        environment = {"DATABASE_URL": installation.environment["DATABASE_URL"], "CONTACT": "tests@example.org"}
        with run_service("serve", tmp_path, OPENLIBRARY_URL=url, LOG_LEVEL="WARNING", **environment) as service:
            service.wait_for_line("Colophon serves on")
            before = median(time_reads(service.address))

            def search(number: int) -> None:
                with closing(Client(service.address)) as client:
                    responses.append(client.request("GET", f"/api/search?q=hanging+{number}"))

            searches = [threading.Thread(target=search, args=(number,)) for number in range(SEARCHES)]
            for thread in searches:
                thread.start()
            durations = time_reads(service.address)
            pending = sum(thread.is_alive() for thread in searches)
            for thread in searches:
                thread.join()

    assert count_statuses(responses) == {200: SEARCHES}
    assert {body["sources"][0]["status"] for _, body in responses} <= {"unavailable", "rate_limited"}
    assert pending, "All searches ended before the reads: the test proved nothing."
    report_figures(
        f"{SEARCHES} hanging searches: a page takes {median(durations) * 1000:.1f} ms, {before * 1000:.1f} ms without"
    )
