"""The delay of a page after 600 requests that their clients abandoned.

Each request is sent on a connection of its own, which is closed at once, all within a tenth of a second. The next page
is then requested and timed. A server that executes what no client waits for delays it by all of their work.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import databases, servers
from benchmarks.comparison import InvalidMeasurement
from benchmarks.results import Result

REQUESTS = 600
RUNS = 3
BOOKS = 1_000
PATHS = ["/api/schema", "/api/schema?format=json", "/api/books?format=api&limit=100", "/api/books?limit=100&page={}"]
PAGE = "/api/books?limit=10&page=7"


def measure_abandoned_requests(folder: Path) -> Iterator[Result]:
    """`folder` contains a catalogue of BOOKS books."""
    port = servers.free_port()
    is_ready = partial(responds, port)
    with servers.run_server(servers.our_command(port), databases.our_environment(folder), servers.ROOT, is_ready):
        for path in PATHS:
            delays = [measure_delay(port, path) for _ in range(RUNS)]
            yield create_result(path, median(delays))


def responds(port: int) -> bool:
    return servers.request_json(port, PAGE)[0] == 200


def measure_delay(port: int, path: str) -> float:
    """The seconds that the page takes after the abandoned requests."""
    abandon_requests(port, path)
    start = time.perf_counter()
    status, _ = servers.request_json(port, PAGE)
    seconds = time.perf_counter() - start
    if status != 200:
        raise InvalidMeasurement(f"After the abandoned requests, the page returned the status {status}.")
    return seconds


def abandon_requests(port: int, path: str) -> None:
    for number in range(REQUESTS):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            head = f"GET {path.format(1 + number % 10)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            connection.sendall(head.encode())


def create_result(path: str, seconds: float) -> Result:
    what = f"a page after {REQUESTS} abandoned requests of `{path.format('N')}`"
    return Result(what=what, ours=f"{seconds:.2f} s", peer="", ratio=seconds, floor=1, aim=0.5, is_upper_bound=True)


def main() -> None:
    servers.exit_on_sigterm()
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        try:
            databases.fill_database(databases.our_environment(Path(name)), BOOKS)
            for result in measure_abandoned_requests(Path(name)):
                print(result.format_line(), flush=True)
        except (InvalidMeasurement, OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"No result. {error}")


if __name__ == "__main__":
    main()
