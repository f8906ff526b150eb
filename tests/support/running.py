"""Colophon as `make run`, `make demo` and `make serve` start it, on ports of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from tests.support import suite_logs
from tests.support.installation import ROOT


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Running:
    """The script, its output so far, and the address that it serves on."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: str, output: Path) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}/"
        self.output = output.open(encoding="utf-8")

    def line_with(self, text: str) -> str:
        """The next line that holds it; those before it are read and gone."""
        seen = [""]
        while text not in seen[-1] or not seen[-1].endswith("\n"):
            has_ended = self.process.poll() is not None
            if line := self.output.readline():
                seen.append(seen.pop() + line if not seen[-1].endswith("\n") else line)
            elif has_ended:
                raise AssertionError(f"{text!r} never came:\n{''.join(seen)}")
            else:
                time.sleep(0.02)
        return seen[-1]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Ends it as Ctrl-C would, and sees that nothing it started is left."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does: to the whole group
        self.process.wait(timeout=40)
        assert not psutil.wait_procs(children, timeout=10)[1]


@contextmanager
def running(verb: str, folder: Path, **environment: str) -> Iterator[Running]:
    port = free_port()
    output = suite_logs.folder() / f"{verb}-{port}-{uuid4().hex}.log"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, ROOT / "scripts" / "run.py", verb],
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "VAR_DIR": str(folder / "var"), "PORT": port,
                 "DEMO_SHOP_PORT": free_port(), "SHOP_DELAY": "0", "LOG_LEVEL": "DEBUG", **environment},
            cwd=folder, stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    started = Running(process, port, output)
    try:
        yield started
    finally:
        if process.poll() is None:
            started.stop()
        process.wait()
        started.output.close()
