"""`scripts/run.py`, which `make run`, `make demo` and `make serve` start."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.installation import ROOT
from tests.shop.app import Shop
from tests.shop.server import serving


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Running:
    """The script, its output so far, and the address that it serves on."""

    def __init__(self, process: "subprocess.Popen[str]", port: str) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}/"

    def line_with(self, text: str) -> str:
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:  # as it comes
            seen.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} never came:\n{''.join(seen)}")

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Ends it as Ctrl-C would, and sees that nothing it started is left."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=40)
        assert not psutil.wait_procs(children, timeout=10)[1]


@contextmanager
def running(verb: str, folder: Path, **environment: str) -> Iterator[Running]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "run.py", verb],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "VAR_DIR": str(folder / "var"), "PORT": port,
             "DEMO_SHOP_PORT": free_port(), "SHOP_DELAY": "0", **environment},
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    started = Running(process, port)
    try:
        yield started
    finally:
        if process.poll() is None:
            started.stop()
        process.communicate()


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
        reason = started.line_with("cannot be reached (Connection refused)")
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server(tmp_path: Path, number: signal.Signals) -> None:
    with running("serve", tmp_path) as started:
        started.line_with("Colophon serves on")
        children = psutil.Process(started.process.pid).children(recursive=True)
        started.process.send_signal(number)
        assert started.process.wait(30) == 0
        assert not psutil.wait_procs(children, timeout=10)[1]
