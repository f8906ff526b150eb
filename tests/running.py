"""Colophon as `make run`, `make demo` and `make serve` start it, on ports of its own."""

import json
import os
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

from tests.installation import ROOT


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
        os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does: to the whole group
        self.process.communicate(timeout=40)
        assert not psutil.wait_procs(children, timeout=10)[1]


@contextmanager
def running(verb: str, folder: Path, **environment: str) -> Iterator[Running]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "run.py", verb],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "VAR_DIR": str(folder / "var"), "PORT": port,
             "DEMO_SHOP_PORT": free_port(), "SHOP_DELAY": "0", **environment},
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    started = Running(process, port)
    try:
        yield started
    finally:
        if process.poll() is None:
            started.stop()
        process.communicate()
