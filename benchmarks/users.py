"""Compares the users service with a FastAPI + psycopg2 twin that opens a connection for each request.

Each server has core 0 to itself while it is asked, and wrk has core 1; PostgreSQL is not pinned and commits
synchronously. The two take turns. Both must give the same answers before anything is measured; afterwards every answer
must have been the expected one, and every person who was said to be registered must be in the database.
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
from benchmarks.pairs import Pair, Unfit, table

SCRIPT = servers.ROOT / "benchmarks" / "users.lua"
TWIN = servers.ROOT / "benchmarks" / "peers"
WARM_UP_SECONDS = 1
PERSON = {"name": "Ada Lovelace", "email": "ada@example.org", "age": 36}
Method = Literal["GET", "POST"]
METHODS: tuple[Method, ...] = ("GET", "POST")
ROUTES = {"GET": "GET /users/1", "POST": "POST /users"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is measured. `peers` is the bin folder of an environment that has uvicorn and FastAPI."""

    database: str
    peers: Path
    seconds: int
    runs: int


@dataclass(frozen=True, slots=True)
class Side:
    """A running service, and the table where it keeps people."""

    name: str
    port: int
    database: str
    table: str


def main() -> None:
    servers.end_cleanly_on_sigterm()
    options = read_options()
    try:
        pairs = compare(options)
    except (Unfit, psycopg.Error, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    for method in METHODS:
        print(f"{ROUTES[method]}, requests a second\n{table(pairs[method], peer='twin', digits=0)}\n")


def read_options() -> Options:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    address = "postgresql://postgres@127.0.0.1:5432/postgres"
    add("--database", default=address, metavar="URL", help="a server to make two databases on (default: %(default)s)")
    servers.add_options(parser)
    options = Options(**vars(parser.parse_args()))
    servers.refuse_what_cannot_run(parser, options.peers)
    return options


def compare(options: Options) -> dict[Method, list[Pair]]:
    """Starts both, proves that they do the same, and lets them take turns."""
    with ExitStack() as started:
        sides = (start_ours(started, options), start_twin(started, options))
        refuse_difference(sides)
        for method in METHODS:
            take_turns(sides, method, WARM_UP_SECONDS)
        pairs: dict[Method, list[Pair]] = {method: [] for method in METHODS}
        for number in range(1, options.runs + 1):
            for method in METHODS:
                pairs[method].append(take_turns(sides, method, options.seconds))
            print(f"run {number}: every answer was right", file=sys.stderr)
    return pairs


def take_turns(sides: tuple[Side, Side], method: Method, seconds: int) -> Pair:
    ours, twin = (measure(side, method, seconds) for side in sides)
    return Pair(ours, twin)


def start_ours(started: ExitStack, options: Options) -> Side:
    """Migrated, and started as scripts/run.py starts it, with the threads of the Dockerfile."""
    database = started.enter_context(new_database(options.database, "ours"))
    side = Side("ours", servers.free_port(), database, "users_user")
    var = started.enter_context(tempfile.TemporaryDirectory(prefix="colophon-bench-"))
    opened = {"USER_DIRECTORY_OPEN": "true", "REGISTRATION_OPEN": "true"}
    environment = {"DATABASE_URL": side.database, "VAR_DIR": var, "DEBUG": "false", **opened}
    servers.manage(environment, "migrate", "--verbosity", "0")
    command = servers.ours(side.port)
    started.enter_context(servers.running(command, environment, servers.ROOT, lambda: is_empty(side)))
    return side


def start_twin(started: ExitStack, options: Options) -> Side:
    database = started.enter_context(new_database(options.database, "twin"))
    side = Side("twin", servers.free_port(), database, "users")
    command = servers.uvicorn(options.peers, side.port, "users_fastapi:app")
    environment = {"DATABASE_URL": side.database}
    started.enter_context(servers.running(command, environment, TWIN, lambda: is_empty(side)))
    return side


def is_empty(side: Side) -> bool:
    return servers.ask(side.port, "/users") == (200, [])


@contextmanager
def new_database(server_url: str, label: str) -> Iterator[str]:
    """The address of an empty database, dropped at the end; it must not be told to commit without waiting."""
    name = f"colophon_bench_{label}_{getpid()}"
    identifier = sql.Identifier(name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            address = urlsplit(server_url)._replace(path=f"/{name}").geturl()
            refuse_fast_commits(address)
            yield address
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def refuse_fast_commits(address: str) -> None:
    with psycopg.connect(address) as connection:
        for setting in ("synchronous_commit", "fsync"):
            row = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(setting))).fetchone()
            if row != ("on",):
                raise Unfit(f"PostgreSQL's {setting} is not on: commits would not wait for the disk.")


def refuse_difference(sides: tuple[Side, Side]) -> None:
    """Both register the first person, under id 1, and show them, in the same words."""
    person = {"id": 1, **PERSON}
    steps: tuple[tuple[Method, str, dict[str, Any] | None, int], ...] = (
        ("POST", "/users", PERSON, 201),
        ("GET", "/users/1", None, 200),
    )
    for method, path, body, status in steps:
        for side in sides:
            if (answer := servers.ask(side.port, path, method, body)) != (status, person):
                raise Unfit(f"{method} {path}: {side.name} answered {answer}, not {(status, person)}.")


def measure(side: Side, method: Method, seconds: int) -> float:
    """Requests a second, once it is certain that each was done."""
    before = count(side)
    report = servers.load(side.port, SCRIPT, seconds, method)
    speed = servers.requests_a_second(report, f"{ROUTES[method]} of {side.name}")
    added = count(side) - before
    # What was still on its way when the clock stopped may have been kept too.
    if method == "POST" and added < report["right"]:
        raise Unfit(f"{side.name} said that it registered {report['right']:,} people and kept {added:,}.")
    return speed


def count(side: Side) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(side.table))
    with psycopg.connect(side.database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
