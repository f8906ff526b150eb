"""Web servers under load: the server on one core, wrk on another."""

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
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.comparison import InvalidMeasurement, absolute_path, positive_integer

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, CLIENT_CORE, BOTH_CORES = "0", "1", "0,1"
THREADS, CONNECTIONS = 2, 16  # of wrk
START_SECONDS, STOP_SECONDS = 30, 10


def find_missing_requirement(peers: Path | None) -> str:
    """A message with the missing requirement and how to install it; empty if nothing is missing.

    `peers` is None for comparisons without peers.
    """
    if not {int(SERVER_CORE), int(CLIENT_CORE)} <= os.sched_getaffinity(0):
        return f"Cores {SERVER_CORE} and {CLIENT_CORE} are required: one for the servers, one for wrk."
    if not shutil.which("wrk"):
        return "wrk is not installed. Install it first (Debian: apt-get install wrk)."
    if not shutil.which("taskset"):
        return "taskset is not installed. Install it first (Debian: apt-get install util-linux)."
    if peers and not (peers / "uvicorn").is_file():
        return f"{peers / 'uvicorn'} does not exist. Install the peers as described in benchmarks/README.md."
    return ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of all comparisons with peers."""
    peers = ROOT / ".venv-bench" / "bin"
    help_text = "the folder of uvicorn (default: %(default)s)"
    parser.add_argument("--peers", type=absolute_path, default=peers, help=help_text)
    add_run_options(parser)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--seconds", type=positive_integer, default=5, metavar="N", help="length of a run (default: %(default)s)")
    add("--runs", type=positive_integer, default=3, metavar="N", help="runs of each side (default: %(default)s)")


def check_requirements(parser: argparse.ArgumentParser, peers: Path | None = None) -> None:
    """Exits with a message if a requirement is missing."""
    if message := find_missing_requirement(peers):
        parser.error(message)


def our_command(port: int) -> list[str]:
    """The same command as in scripts/run.py and the Dockerfile."""
    return [sys.executable, "-m", "config.server", "--host", "127.0.0.1", "--port", str(port)]


def granian_command(port: int, application: str) -> list[str]:
    """A plain WSGI server with as many threads as ours."""
    return [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", application,
        "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "12", "--log-level", "error",
    ]  # fmt: skip


def uvicorn_command(peers: Path, port: int, application: str) -> list[str]:
    return [
        str(peers / "uvicorn"), application, "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip


def run_manage(environment: dict[str, str], *arguments: str) -> str:
    """Runs manage.py and returns its standard output."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(command, env=variables, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_server(
    command: list[str],
    environment: dict[str, str],
    cwd: Path,
    is_ready: Callable[[], bool],
    *,
    cores: str = SERVER_CORE,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs a server on its cores; the block starts when `is_ready` returns true."""
    pinned = ["taskset", "--cpu-list", cores, *command]
    variables = {**os.environ, **environment}
    # Standard error is discarded because our server logs every request.
    with subprocess.Popen(pinned, env=variables, cwd=cwd, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(is_ready, process)
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()


def wait_until_ready(is_ready: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            if is_ready():
                return
        time.sleep(0.05)
    raise InvalidMeasurement(f"{process.args!r} did not start, or its first response was not the expected one.")


def request_json(port: int, path: str, method: str = "GET", body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """The status and the JSON of the response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", "Accept": "application/json"})
        response = connection.getresponse()
        return response.status, json.load(response)
    finally:
        connection.close()


def run_wrk(
    port: int, script: Path, seconds: int, *arguments: str, cores: str = CLIENT_CORE, connections: int = CONNECTIONS
) -> dict[str, int]:
    """The counts of the script: `right`, `wrong` and `lost` responses, and the duration in `microseconds`."""
    command = [
        "taskset", "--cpu-list", cores, "wrk", f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s",
        "-s", str(script), f"http://127.0.0.1:{port}", "--", *arguments,
    ]  # fmt: skip
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, int] = json.loads(finished.stdout.splitlines()[-1])
    return report


def requests_per_second(report: dict[str, int], label: str) -> float:
    """Raises InvalidMeasurement if a response was wrong or lost."""
    if report["wrong"] or report["lost"] or not report["right"]:
        raise InvalidMeasurement(f"{label}: not every response was right: {report}.")
    return report["right"] / report["microseconds"] * 1_000_000


def exit_on_sigterm() -> None:
    """Makes SIGTERM raise SystemExit, so that context managers stop the servers and drop the databases."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
