"""Requests per second of two web server processes (WEB_WORKERS=2) compared with one, for lists of 100,000 books.

Servers, database and wrk share both cores, as on a host that pins no process. One process is slower there than on a
core of its own, because its threads move between the cores. Two processes are therefore also compared with one that has
core 0 while wrk has core 1.

wrk has 32 connections: the kernel distributes them at random, and one of two processes may get only 4 of 16.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import psycopg

from benchmarks import databases, servers, throughput
from benchmarks.comparison import InvalidMeasurement
from benchmarks.results import Result

BOOKS = 100_000
CONNECTIONS = 32
WARM_UP_SECONDS = 3
DATABASE = "postgresql://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True, slots=True)
class Side:
    """`name` is also the name of its connections in PostgreSQL."""

    name: str
    workers: int
    server_cores: str = servers.BOTH_CORES
    client_cores: str = servers.BOTH_CORES


OURS, ONE = Side("ours", 2), Side("one process", 1)
# PostgreSQL shares the two cores with the web servers, so its rates are recorded without a judgement.
FLOORS_AND_AIMS = {"SQLite": ((1.2, 1.6), (1.0, 1.3)), "PostgreSQL": ((None, None), (None, None))}
ONE_PINNED = Side("one process on core 0, wrk on core 1", 1, servers.SERVER_CORE, servers.CLIENT_CORE)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and its processes without their supervisor."""

    side: Side
    port: int
    processes: list[psutil.Process]

    def load(self, addresses: Path, first: int, repeat: str, seconds: int) -> float:
        """Requests the addresses, starting with the line `first`. Returns the requests per second."""
        report = servers.run_wrk(
            self.port, throughput.SCRIPT, seconds, str(addresses), str(first), repeat,
            cores=self.side.client_cores, connections=CONNECTIONS,
        )  # fmt: skip
        return servers.requests_per_second(report, f"{self.side.name}, {addresses.name}")

    def measure_memory(self) -> float:
        """Resident memory in megabytes."""
        return sum(process.memory_info().rss for process in self.processes) / 2**20


def measure_on_sqlite(folder: Path, seconds: int, runs: int) -> Iterator[Result]:
    """`folder` contains a catalogue of BOOKS books."""
    with run_servers(folder, "") as sides:
        yield from compare(sides, folder, "SQLite", seconds, runs)
        yield create_memory_result(sides, "SQLite", "", "")


def measure_on_postgresql(folder: Path, server: str, seconds: int, runs: int) -> Iterator[Result]:
    """Creates a database of BOOKS books on the PostgreSQL server, and drops it."""
    with databases.TemporaryDatabase(server, "colophon_bench_processes") as database:
        databases.fill_database(databases.our_environment(folder, database.url), BOOKS)
        database.vacuum()
        with run_servers(folder, database.url) as sides:
            yield from compare(sides, folder, "PostgreSQL", seconds, runs)
            counts = (f", {count_connections(database.url, side)} database connections" for side in (OURS, ONE))
            yield create_memory_result(sides, "PostgreSQL", *counts)


@contextmanager
def run_servers(folder: Path, url: str) -> Iterator[list[Server]]:
    """Runs the three servers on the same database. Yields them when their threads are warmed up."""
    warm_up = write_addresses(folder / "warm-up.txt", limit=throughput.LIMIT - 1)
    with ExitStack() as stack:
        sides = [stack.enter_context(run_server(side, folder, url)) for side in (OURS, ONE, ONE_PINNED)]
        for side in sides:
            side.load(warm_up, 0, "again", WARM_UP_SECONDS)
        yield sides


@contextmanager
def run_server(side: Side, folder: Path, url: str) -> Iterator[Server]:
    """Raises InvalidMeasurement if the server has another number of processes."""
    port = servers.free_port()
    environment = databases.our_environment(folder, url)
    environment |= {"WEB_WORKERS": str(side.workers), "PGAPPNAME": side.name}
    is_ready = partial(throughput.has_books, port)
    command = servers.our_command(port)
    with servers.run_server(command, environment, servers.ROOT, is_ready, cores=side.server_cores) as supervisor:
        processes = psutil.Process(supervisor.pid).children()
        if len(processes) != side.workers:
            raise InvalidMeasurement(f"The server has {len(processes)} processes instead of {side.workers}.")
        yield Server(side, port, processes)


def write_addresses(path: Path, limit: int) -> Path:
    """The first hundred pages."""
    path.write_text("\n".join(f"/books?page={page}&limit={limit}" for page in range(1, 101)), encoding="utf-8")
    return path


def compare(sides: list[Server], folder: Path, database: str, seconds: int, runs: int) -> Iterator[Result]:
    """Warm: the same hundred pages. Cold: pages in all orderings and filters, each requested once from each server."""
    warm, cold = write_addresses(folder / "warm.txt", throughput.LIMIT), folder / "cold.txt"
    addresses = throughput.generate_addresses()
    cold.write_text("\n".join(addresses), encoding="utf-8")
    for kind, path, repeat in (("warm", warm, "again"), ("cold", cold, "once")):
        share = len(addresses) // runs if repeat == "once" else 0
        rates = [
            {server.side.name: server.load(path, run * share, repeat, seconds) for server in sides}
            for run in range(runs)
        ]
        label = f"{kind} `GET /books`, {BOOKS:,} books, {database}, `WEB_WORKERS=2`, requests a second"
        for side, bounds in zip((ONE, ONE_PINNED), FLOORS_AND_AIMS[database], strict=True):
            yield throughput.create_result(label, rates, side.name, *bounds)


def create_memory_result(sides: list[Server], database: str, our_note: str, note: str) -> Result:
    ours, one, _ = (side.measure_memory() for side in sides)
    return Result(
        what=f"resident after the lists, {database}, `WEB_WORKERS=2`", ours=f"{ours:,.0f} MB{our_note}",
        peer=f"{ONE.name} {one:,.0f} MB{note}", ratio=ours / one, floor=2.2, aim=2.1, is_upper_bound=True,
    )  # fmt: skip


def count_connections(url: str, side: Side) -> int:
    """The PostgreSQL connections that the side has open."""
    with psycopg.connect(url) as connection:
        statement = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        (count,) = connection.execute(statement, [side.name]).fetchone() or (0,)
        return int(count)


def main() -> None:
    servers.exit_on_sigterm()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--database", default=DATABASE, help="a PostgreSQL server (default: %(default)s)")
    servers.add_run_options(parser)
    options = parser.parse_args()
    servers.check_requirements(parser)
    try:
        for result in measure_all(options.database, options.seconds, options.runs):
            print(result.format_line(), flush=True)
    except (InvalidMeasurement, OSError, psycopg.Error, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")


def measure_all(server: str, seconds: int, runs: int) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="colophon-bench-") as name:
        folder = Path(name)
        databases.fill_database(databases.our_environment(folder), BOOKS)
        yield from measure_on_sqlite(folder, seconds, runs)
        yield from measure_on_postgresql(folder, server, seconds, runs)


if __name__ == "__main__":
    main()
