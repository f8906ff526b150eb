"""A host of its own on this machine: host name, process ids, folder, loopback address and a clock that is wrong."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests

from tests.support.installation import MANAGE, ROOT
from tests.support.service_process import free_port

CLOCK_SOURCE = Path(__file__).with_name("wrong_clock.c")
NAMESPACES = ["unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
SET_HOST_NAME = ["sh", "-c", 'hostname "$0" && exec "$@"']
START_SECONDS = 60


@cache
def find_obstacle() -> str:
    """Why this machine cannot imitate several hosts; empty if it can."""
    if not shutil.which("cc"):
        return "no C compiler is installed"
    allowed = subprocess.run([*NAMESPACES, "true"], capture_output=True, check=False).returncode == 0
    return "" if allowed else "this process may not create namespaces"


def build_clock(folder: Path) -> Path:
    library = folder / "wrong_clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, CLOCK_SOURCE, "-ldl"], check=True)
    return library


@dataclass
class Host:
    """`clock_error` is in seconds, positive for a fast clock. Killing a process kills all that it started."""

    name: str
    ip: str
    clock_error: int
    clock: Path
    folder: Path
    settings: dict[str, str]
    port: str = field(default_factory=free_port)

    @property
    def address(self) -> str:
        return f"http://{self.ip}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        clock = {"LD_PRELOAD": str(self.clock), "CLOCK_ERROR": str(self.clock_error)}
        return {"PATH": os.environ["PATH"], "VAR_DIR": str(self.folder / self.name), **self.settings, **clock}

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Starts a process on this host. Its output is appended to a log in the host's folder."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            return subprocess.Popen(
                [*NAMESPACES, *SET_HOST_NAME, self.name, *command],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip

    def start_server(self) -> "subprocess.Popen[bytes]":
        return self.start(sys.executable, "-m", "config.server", "--host", self.ip, "--port", self.port)

    def start_worker(self) -> "subprocess.Popen[bytes]":
        return self.start(*MANAGE, "run_worker", "--interval", "0.1")

    def manage(self, *arguments: str) -> None:
        assert self.start(*MANAGE, *arguments).wait(120) == 0, self.read_log()

    def read_log(self) -> str:
        return (self.folder / f"{self.name}.log").read_text(encoding="utf-8", errors="replace")[-5_000:]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert time.monotonic() < deadline, self.read_log()
            time.sleep(0.1)

    def is_ready(self) -> bool:
        try:
            return self.request("GET", "/ready").status_code == 200
        except requests.ConnectionError:
            return False

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, self.address + path, timeout=60, **options)
