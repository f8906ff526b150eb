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
from tests.fakes.shop.server import serving
from tests.support.installation import ROOT
from tests.support.running import running


def test_run_serves_and_crawls_and_serves_on(tmp_path: Path, shop: Shop, shop_url: str) -> None:
    with running("run", tmp_path, SHOP_URL=shop_url) as started:
        started.line_with(f"Colophon serves on {started.address}")
        assert started.get("") == {"status": "ok"}
        started.line_with("45 books: 45 created")
        assert started.get("books?limit=1")["count"] == 45

    with running("run", tmp_path, SHOP_URL=shop_url) as started:
        started.line_with("45 books: 0 created, 0 updated, 45 unchanged")


def test_run_without_the_shop_serves_what_there_is(tmp_path: Path) -> None:
    with serving(Shop([])) as nobody:
        unreachable = nobody
    with running("run", tmp_path, SHOP_URL=unreachable) as started:
        reason = started.line_with("Crawl failed")
        assert reason == (
            f"CommandError: Crawl failed: {unreachable}: robots.txt cannot be reached (Connection refused)\n"
        )
        started.line_with("There is nothing to serve yet: going on as `make demo`")
        started.line_with("1,000 books: 1,000 created")
        assert started.get("books?limit=1")["count"] == 1000
    assert (tmp_path / "var" / "demo.sqlite3").exists()


def test_demo_keeps_its_books_in_a_database_of_its_own(tmp_path: Path) -> None:
    with running("demo", tmp_path) as started:
        started.line_with("1,000 books: 1,000 created")
        book = started.get("books?limit=1")["results"][0]
        with urllib.request.urlopen(book["cover_url"], timeout=10) as cover:
            assert cover.headers["Content-Type"] == "image/svg+xml"

    assert {path.name for path in (tmp_path / "var").iterdir()} >= {"demo.sqlite3", "secret_key"}
    assert not (tmp_path / "var" / "colophon.sqlite3").exists()


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with running("serve", tmp_path, PORT=str(taken.getsockname()[1])) as started:
            assert "PORT=8080 chooses another" in started.line_with("cannot be used")
            assert started.process.wait(10) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_server(tmp_path: Path, number: signal.Signals) -> None:
    with running("serve", tmp_path) as started:
        started.line_with("Colophon serves on")
        children = psutil.Process(started.process.pid).children(recursive=True)
        started.process.send_signal(number)
        assert started.process.wait(30) == 0
        assert not psutil.wait_procs(children, timeout=10)[1]


def test_the_end_to_end_script_passes(tmp_path: Path) -> None:
    with running("serve", tmp_path) as started:
        started.line_with("Colophon serves on")
        command = [sys.executable, str(ROOT / "test_api.py"), started.address]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert finished.stdout.endswith("17 passed, 0 failed\n")
        assert started.get("users") == []  # it takes away what it brought
