"""Compares the users service with a FastAPI + psycopg2 twin that opens a connection for each request.

The server under load has core 0, and wrk has core 1; PostgreSQL is not pinned and commits synchronously. The two sides
take turns. Before the measurement, both must return the same responses. Afterwards, every response must be the expected
one, and every confirmed registration must be in the database.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from os import getpid
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks import servers
from benchmarks.comparison import InvalidMeasurement, Pair, format_table

SCRIPT = servers.ROOT / "benchmarks" / "users.lua"
TWIN = servers.ROOT / "benchmarks" / "peers"
WARM_UP_SECONDS = 1
USER = {"name": "Ada Lovelace", "email": "ada@example.org", "age": 36}
Method = Literal["GET", "POST"]
METHODS: tuple[Method, ...] = ("GET", "POST")
ROUTES = {"GET": "GET /users/1", "POST": "POST /users"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`peers` is the bin folder of the environment of the peers."""

    database: str
    peers: Path
    seconds: int
    runs: int


@dataclass(frozen=True, slots=True)
class Side:
    """A running service, and its table of users."""

    name: str
    port: int
    database: str
    table: str


def main() -> None:
    servers.exit_on_sigterm()
    options = read_options()
    try:
        pairs = compare(options)
    except (InvalidMeasurement, psycopg.Error, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    for method in METHODS:
        print(f"{ROUTES[method]}, requests a second\n{format_table(pairs[method], peer='twin', digits=0)}\n")


def read_options() -> Options:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    address = "postgresql://postgres@127.0.0.1:5432/postgres"
    add(
        "--database",
        default=address,
        metavar="URL",
        help="a server on which to create two databases (default: %(default)s)",
    )
    servers.add_options(parser)
    options = Options(**vars(parser.parse_args()))
    servers.check_requirements(parser, options.peers)
    return options


def compare(options: Options) -> dict[Method, list[Pair]]:
    """Starts both sides, checks that their responses are equal, and measures them in turns."""
    with ExitStack() as stack:
        sides = (start_ours(stack, options), start_twin(stack, options))
        check_same_responses(sides)
        for method in METHODS:
            measure_pair(sides, method, WARM_UP_SECONDS)
        pairs: dict[Method, list[Pair]] = {method: [] for method in METHODS}
        for number in range(1, options.runs + 1):
            for method in METHODS:
                pairs[method].append(measure_pair(sides, method, options.seconds))
            print(f"run {number}: every response was right", file=sys.stderr)
    return pairs


def measure_pair(sides: tuple[Side, Side], method: Method, seconds: int) -> Pair:
    ours, twin = (measure(side, method, seconds) for side in sides)
    return Pair(ours, twin)


def start_ours(stack: ExitStack, options: Options) -> Side:
    """Migrates a new database and starts our server with the default settings."""
    database = stack.enter_context(new_database(options.database, "ours"))
    side = Side("ours", servers.free_port(), database, "users_user")
    var = stack.enter_context(tempfile.TemporaryDirectory(prefix="colophon-bench-"))
    access = {"USER_DIRECTORY_OPEN": "true", "REGISTRATION_OPEN": "true"}
    environment = {"DATABASE_URL": side.database, "VAR_DIR": var, "DEBUG": "false", **access}
    servers.run_manage(environment, "migrate", "--verbosity", "0")
    command = servers.our_command(side.port)
    stack.enter_context(servers.run_server(command, environment, servers.ROOT, lambda: is_empty(side)))
    return side


def start_twin(stack: ExitStack, options: Options) -> Side:
    database = stack.enter_context(new_database(options.database, "twin"))
    side = Side("twin", servers.free_port(), database, "users")
    command = servers.uvicorn_command(options.peers, side.port, "users_fastapi:app")
    environment = {"DATABASE_URL": side.database}
    stack.enter_context(servers.run_server(command, environment, TWIN, lambda: is_empty(side)))
    return side


def is_empty(side: Side) -> bool:
    return servers.request_json(side.port, "/users") == (200, [])


@contextmanager
def new_database(server_url: str, label: str) -> Iterator[str]:
    """Creates an empty database, yields its URL, and drops it at the end. Commits must wait for the disk."""
    name = f"colophon_bench_{label}_{getpid()}"
    identifier = sql.Identifier(name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            address = urlsplit(server_url)._replace(path=f"/{name}").geturl()
            check_durable_commits(address)
            yield address
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def check_durable_commits(address: str) -> None:
    with psycopg.connect(address) as connection:
        for setting in ("synchronous_commit", "fsync"):
            row = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(setting))).fetchone()
            if row != ("on",):
                raise InvalidMeasurement(
                    f"The setting {setting} of PostgreSQL is not on, so commits would not wait for the disk."
                )


def check_same_responses(sides: tuple[Side, Side]) -> None:
    """Registers a user, with id 1, on both sides, and reads it. Raises InvalidMeasurement if the responses differ."""
    stored = {"id": 1, **USER}
    steps: tuple[tuple[Method, str, dict[str, Any] | None, int], ...] = (
        ("POST", "/users", USER, 201),
        ("GET", "/users/1", None, 200),
    )
    for method, path, body, status in steps:
        for side in sides:
            response = servers.request_json(side.port, path, method, body)
            if response != (status, stored):
                raise InvalidMeasurement(f"{method} {path}: {side.name} returned {response}, not {(status, stored)}.")


def measure(side: Side, method: Method, seconds: int) -> float:
    """Returns the requests per second. Raises InvalidMeasurement if a confirmed registration is not in the database."""
    before = count_users(side)
    report = servers.run_wrk(side.port, SCRIPT, seconds, method)
    rate = servers.requests_per_second(report, f"{ROUTES[method]} of {side.name}")
    added = count_users(side) - before
    # Requests in flight at the end may have been stored too, so `added` can be larger.
    if method == "POST" and added < report["right"]:
        raise InvalidMeasurement(f"{side.name} confirmed {report['right']:,} registrations and stored {added:,} users.")
    return rate


def count_users(side: Side) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(side.table))
    with psycopg.connect(side.database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
