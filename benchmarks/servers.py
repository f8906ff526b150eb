"""Web servers under load: each on a core of its own, and wrk on another."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.pairs import Unfit, absolute, positive

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, CLIENT_CORE = "0", "1"
THREADS, CONNECTIONS = 2, 16  # wrk's
START_SECONDS, END_SECONDS = 30, 10


def what_is_missing(peers: Path) -> str:
    """Which program a comparison lacks, and how to get it; empty where all are there."""
    if not {int(SERVER_CORE), int(CLIENT_CORE)} <= os.sched_getaffinity(0):
        return f"cores {SERVER_CORE} and {CLIENT_CORE} are needed: one for the servers, one for wrk"
    if not shutil.which("wrk"):
        return "there is no wrk: install it first (Debian: apt-get install wrk)"
    if not shutil.which("taskset"):
        return "there is no taskset: install it first (Debian: apt-get install util-linux)"
    if not (peers / "uvicorn").is_file():
        return f"there is no {peers / 'uvicorn'}: benchmarks/README.md says how to install the peers"
    return ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What every comparison of servers can be told."""
    add = parser.add_argument
    add("--peers", type=absolute, default=ROOT / ".venv-bench" / "bin", help="where uvicorn is (default: %(default)s)")
    add("--seconds", type=positive, default=5, metavar="N", help="length of a turn (default: %(default)s)")
    add("--runs", type=positive, default=3, metavar="N", help="turns of each (default: %(default)s)")


def refuse_what_cannot_run(parser: argparse.ArgumentParser, peers: Path) -> None:
    if missing := what_is_missing(peers):
        parser.error(missing)


def ours(port: int) -> list[str]:
    """Our server's command, as scripts/run.py and the Dockerfile have it."""
    return [sys.executable, "-m", "config.server", "--host", "127.0.0.1", "--port", str(port)]


def granian(port: int, application: str) -> list[str]:
    """Plain WSGI, with as many threads as ours has."""
    return [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", application,
        "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "8", "--log-level", "error",
    ]  # fmt: skip


def uvicorn(peers: Path, port: int, application: str) -> list[str]:
    return [
        str(peers / "uvicorn"), application, "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip


def manage(environment: dict[str, str], *arguments: str) -> str:
    """What it printed."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(command, env=variables, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], environment: dict[str, str], cwd: Path, ready: Callable[[], bool]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A server on its core, from the moment that `ready` holds to the end of the block."""
    pinned = ["taskset", "--cpu-list", SERVER_CORE, *command]
    # Ours writes a line for each request
    process = subprocess.Popen(pinned, env={**os.environ, **environment}, cwd=cwd, stderr=subprocess.DEVNULL)
    try:
        wait_for(ready, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(ready: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if ready():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise Unfit(f"{process.args!r} did not start, or not as expected.")


def ask(port: int, path: str, method: str = "GET", body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", "Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def load(port: int, script: Path, seconds: int, *arguments: str) -> dict[str, int]:
    """What the script counted: `right`, `wrong` and `lost` answers, and the `microseconds` that it took."""
    command = [
        "taskset", "--cpu-list", CLIENT_CORE, "wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s",
        "-s", str(script), f"http://127.0.0.1:{port}", "--", *arguments,
    ]  # fmt: skip
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, int] = json.loads(finished.stdout.splitlines()[-1])
    return report


def requests_a_second(report: dict[str, int], what: str) -> float:
    """Raises Unfit where not every answer was right."""
    if report["wrong"] or report["lost"] or not report["right"]:
        raise Unfit(f"{what}: {report}.")
    return report["right"] / report["microseconds"] * 1_000_000


def end_cleanly_on_sigterm() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
