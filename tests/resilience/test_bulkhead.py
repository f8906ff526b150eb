"""Open Library hangs while two hundred people search: everyone else goes on as if nothing were."""

import threading
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.resilience.load import Client, Told, counted, say
from tests.support.installation import Installation
from tests.support.running import running

pytestmark = pytest.mark.xdist_group("load")

SEARCHES = 200


def reads(address: str) -> list[float]:
    """Seconds that each of a hundred reads of the catalogue took, one after another."""
    took: list[float] = []
    with closing(Client(address, patience=30)) as client:
        for number in range(100):
            began = perf_counter()
            status, page = client.ask("GET", f"/api/books?limit={number + 1}")
            took.append(perf_counter() - began)
            assert (status, page["count"]) == (200, 0)
    return took


def test_searches_that_hang_keep_nobody_from_the_catalogue(installation: Installation, tmp_path: Path) -> None:
    service, told = OpenLibrary(), list[Told]()
    service.fault = "hang"
    with serving(service) as url:
        environment = {"DATABASE_URL": installation.environment["DATABASE_URL"], "CONTACT": "tests@example.org"}
        with running("serve", tmp_path, OPENLIBRARY_URL=url, LOG_LEVEL="WARNING", **environment) as started:
            started.line_with("Colophon serves on")
            before = median(reads(started.address))

            def search(number: int) -> None:
                with closing(Client(started.address)) as client:
                    told.append(client.ask("GET", f"/api/search?q=hanging+{number}"))

            searches = [threading.Thread(target=search, args=(number,)) for number in range(SEARCHES)]
            for each in searches:
                each.start()
            took = reads(started.address)
            pending = sum(each.is_alive() for each in searches)
            for each in searches:
                each.join()

    assert counted(told) == {200: SEARCHES}
    assert {body["sources"][0]["status"] for _, body in told} <= {"unavailable", "rate_limited"}
    assert pending, "the searches were over before the reads"
    say(f"{SEARCHES} searches that hang: a page in {median(took) * 1000:.1f} ms, {before * 1000:.1f} ms before them")
