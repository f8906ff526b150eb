"""`scripts/run.py`, which `make run`, `make demo` and `make serve` start."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.fakes.shop.app import Shop
from tests.support.installation import ROOT
from tests.support.service_process import free_port, run_service


def test_run_crawls_and_keeps_serving(tmp_path: Path, shop: Shop, shop_url: str) -> None:
    with run_service("run", tmp_path, SHOP_URL=shop_url) as service:
        service.wait_for_line(f"Colophon serves on {service.address}")
        assert service.get("") == {"status": "ok"}
        service.wait_for_line("45 books: 45 created")
        assert service.get("books?limit=1")["count"] == 45


@pytest.mark.slow
def test_second_run_finds_all_books_unchanged(tmp_path: Path, shop: Shop, shop_url: str) -> None:
    for result in ("45 books: 45 created", "45 books: 0 created, 0 updated, 45 unchanged"):
        with run_service("run", tmp_path, SHOP_URL=shop_url) as service:
            service.wait_for_line(result)


@pytest.mark.slow
def test_run_starts_the_demo_if_the_shop_is_unreachable(tmp_path: Path) -> None:
    unreachable = f"http://127.0.0.1:{free_port()}/"
    with run_service("run", tmp_path, SHOP_URL=unreachable) as service:
        reason = service.wait_for_line("Crawl failed")
        problem = "was not requested, because robots.txt cannot be reached (Connection refused)"
        assert reason == f"CommandError: Crawl failed: {unreachable}: {problem}\n"
        service.wait_for_line("The catalogue is empty. Starting `make demo` instead")
        service.wait_for_line("1,000 books: 1,000 created")
        assert service.get("books?limit=1")["count"] == 1000
    assert (tmp_path / "var" / "demo.sqlite3").exists()


@pytest.mark.slow
def test_demo_uses_its_own_database(tmp_path: Path) -> None:
    with run_service("demo", tmp_path) as service:
        service.wait_for_line("1,000 books: 1,000 created")
        book = service.get("books?limit=1")["results"][0]
        with urllib.request.urlopen(book["cover_url"], timeout=10) as cover:
            assert cover.headers["Content-Type"] == "image/jpeg"

    assert {path.name for path in (tmp_path / "var").iterdir()} >= {"demo.sqlite3", "secret_key"}
    assert not (tmp_path / "var" / "colophon.sqlite3").exists()


def test_occupied_ports_are_reported(tmp_path: Path) -> None:
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        with run_service("serve", tmp_path, PORT=str(occupied.getsockname()[1])) as service:
            assert "Choose another port, such as PORT=8080." in service.wait_for_line("cannot be used")
            assert service.process.wait(30) == 1


@pytest.mark.slow  # each test that runs the service stops it with SIGINT
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_stop_all_processes(tmp_path: Path, number: signal.Signals) -> None:
    with run_service("serve", tmp_path) as service:
        service.wait_for_line("Colophon serves on")
        children = psutil.Process(service.process.pid).children(recursive=True)
        service.process.send_signal(number)
        assert service.process.wait(30) == 0
        assert not psutil.wait_procs(children, timeout=30)[1]


def test_end_to_end_script_passes(tmp_path: Path) -> None:
    with run_service("serve", tmp_path) as service:
        service.wait_for_line("Colophon serves on")
        command = [sys.executable, str(ROOT / "test_api.py"), service.address]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert finished.stdout.endswith("17 passed, 0 failed\n")
        assert service.get("users") == []  # the script deletes its users
