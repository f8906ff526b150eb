"""Outages of the database server under a running web process: a stopped server, and a frozen one."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from tests.resilience.probes import PATHS, assert_recovers, list_statuses, request
from tests.scraping.runs.test_worker import has_ended, queue_run, start_worker, wait_until
from tests.support.installation import Installation
from tests.support.postgresql_server import PROGRAM_FOLDERS, run_postgresql_server
from tests.support.service_process import run_service
from tests.support.tcp_proxy import run_tcp_proxy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAM_FOLDERS, reason="The server programs of PostgreSQL are not installed"),
]


def test_outages_return_503_until_the_database_is_back(tmp_path: Path) -> None:
    with run_postgresql_server() as database, run_service("serve", tmp_path, DATABASE_URL=database.url) as service:
        service.wait_for_line("Colophon serves on")
        assert list_statuses(service.address) == [200] * len(PATHS)

        database.stop()
        for path in PATHS:
            status, headers, text = request(service.address + path)
            assert (status, headers.get_content_type()) == (503, "application/problem+json"), text
            assert int(headers["Retry-After"]) > 0
            assert json.loads(text)["status"] == 503
            assert "127.0.0.1" not in text
        assert request(service.address)[0] == 200  # the liveness check does not use the database

        database.start()
        assert_recovers(service.address)


def test_a_worker_continues_after_an_outage(tmp_path: Path, shop_url: str) -> None:
    with run_postgresql_server() as database:
        environment = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": database.url}
        installed = Installation({**environment, "SHOP_URL": shop_url, "SHOP_DELAY": "0"}, database.url)
        installed.create_tables()
        with start_worker(installed) as worker:
            first = queue_run(installed)
            wait_until(lambda: has_ended(installed, first))
            database.stop()
            time.sleep(3)  # several polls of the worker
            database.start()

            second = queue_run(installed)
            wait_until(lambda: has_ended(installed, second))

            assert worker.poll() is None
        assert installed.query("SELECT state FROM scraping_scraperun ORDER BY id") == [("succeeded",)] * 2


def test_a_frozen_database_delays_neither_liveness_nor_static_files(tmp_path: Path) -> None:
    """Connections stay open and new ones are accepted, but nothing is forwarded."""
    statuses: list[int] = []

    def read_books(address: str, number: int) -> None:
        statuses.append(request(f"{address}api/books?limit={number}")[0])

    with (
        run_postgresql_server() as database,
        run_tcp_proxy(int(database.port)) as proxy,
        run_service("serve", tmp_path, DATABASE_URL=database.url.replace(database.port, str(proxy.port))) as service,
    ):
        service.wait_for_line("Colophon serves on")
        assert list_statuses(service.address) == [200] * len(PATHS)

        proxy.freeze()
        readers = [threading.Thread(target=read_books, args=(service.address, number)) for number in range(1, 65)]
        for reader in readers:
            reader.start()
        assert request(service.address)[0] == 200
        assert request(f"{service.address}static/web/style.css")[0] == 200
        assert not statuses, "The readers were answered first: the test proved nothing."
        for reader in readers:
            reader.join()
        assert statuses == [503] * len(readers)
        assert list_statuses(service.address) == [503] * len(PATHS)

        proxy.thaw()
        assert_recovers(service.address)
