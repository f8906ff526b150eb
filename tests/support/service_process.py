"""Colophon as `make run`, `make demo` and `make serve` start it, on free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from tests.support import suite_logs
from tests.support.installation import ROOT

FIRST_PORT, PORTS = 10_000, 6_000  # below the ports that systems assign to other sockets
next_ports = count(os.getpid() * 97)  # each process of the test run starts elsewhere


def free_port() -> str:
    """A port for a server that is started later. No socket without a chosen port takes it until then."""
    while True:
        port = FIRST_PORT + next(next_ports) % PORTS
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return str(port)


class ServiceProcess:
    """A process of scripts/run.py, its output, and the address that it serves on."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: str, output: Path) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}/"
        self.output = output.open(encoding="utf-8")

    def wait_for_line(self, text: str) -> str:
        """The next output line that contains the text; earlier lines are consumed. Fails if the process ends first."""
        lines = [""]
        while text not in lines[-1] or not lines[-1].endswith("\n"):
            has_ended = self.process.poll() is not None
            if chunk := self.output.readline():
                lines.append(lines.pop() + chunk if not lines[-1].endswith("\n") else chunk)
            elif has_ended:
                raise AssertionError(f"The process ended without printing {text!r}:\n{''.join(lines)}")
            else:
                time.sleep(0.02)
        return lines[-1]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=30) as response:
            return json.load(response)

    def stop(self) -> None:
        """Stops the service as Ctrl-C does; fails if a child process is still alive after 30 s."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        os.killpg(self.process.pid, signal.SIGINT)  # a terminal also sends SIGINT to the whole process group
        self.process.wait(timeout=40)
        assert not psutil.wait_procs(children, timeout=30)[1]


@contextmanager
def run_service(verb: str, folder: Path, **environment: str) -> Iterator[ServiceProcess]:
    port = free_port()
    output = suite_logs.log_folder() / f"{verb}-{port}-{uuid4().hex}.log"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, ROOT / "scripts" / "run.py", verb],
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "VAR_DIR": str(folder / "var"), "PORT": port,
                 "DEMO_SHOP_PORT": free_port(), "SHOP_DELAY": "0", "LOG_LEVEL": "DEBUG", **environment},
            cwd=folder, stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    service = ServiceProcess(process, port, output)
    try:
        yield service
    finally:
        if process.poll() is None:
            service.stop()
        process.wait()
        service.output.close()
