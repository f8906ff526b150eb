"""Compares the users service with a FastAPI + psycopg2 twin that opens a connection for each request.

Each server has core 0 to itself while it is asked, and wrk has core 1; PostgreSQL is not pinned and commits
synchronously. The two take turns. Both must give the same answers before anything is measured; afterwards every answer
must have been the expected one, and every person who was said to be registered must be in the database.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "benchmarks" / "users.lua"
TWIN = ROOT / "benchmarks" / "peers"
SERVER_CORE, CLIENT_CORE = "0", "1"
THREADS, CONNECTIONS = 2, 16  # wrk's
BLOCKING_THREADS = 8
START_SECONDS, END_SECONDS, WARM_UP_SECONDS = 30, 10, 1
PERSON = {"name": "Ada Lovelace", "email": "ada@example.org", "age": 36}
Method = Literal["GET", "POST"]
METHODS: tuple[Method, ...] = ("GET", "POST")
ROUTES = {"GET": "GET /users/1", "POST": "POST /users"}


class Unfit(Exception):
    """What was measured would say nothing: the sides differ, or not every answer was right."""


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


@dataclass(frozen=True, slots=True)
class Pair:
    """Requests a second, one turn each."""

    ours: float
    twin: float

    @property
    def ratio(self) -> float:
        return self.ours / self.twin


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = read_options()
    try:
        pairs = compare(options)
    except (Unfit, psycopg.Error, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    print("\n\n".join(table(method, pairs[method]) for method in METHODS))


def read_options() -> Options:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    address = "postgresql://postgres@127.0.0.1:5432/postgres"
    add("--database", default=address, metavar="URL", help="a server to make two databases on (default: %(default)s)")
    add("--peers", type=folder, default=ROOT / ".venv-bench" / "bin", help="where uvicorn is (default: %(default)s)")
    add("--seconds", type=positive, default=5, metavar="N", help="length of a turn (default: %(default)s)")
    add("--runs", type=positive, default=3, metavar="N", help="turns of each (default: %(default)s)")
    options = Options(**vars(parser.parse_args()))
    if missing := what_is_missing(options):
        parser.error(missing)
    return options


def positive(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1")
    return int(value)


def folder(value: str) -> Path:
    return Path(value).absolute()


def what_is_missing(options: Options) -> str:
    if not {int(SERVER_CORE), int(CLIENT_CORE)} <= os.sched_getaffinity(0):
        return f"cores {SERVER_CORE} and {CLIENT_CORE} are needed: one for the servers, one for wrk"
    if not shutil.which("wrk"):
        return "there is no wrk: install it first (Debian: apt-get install wrk)"
    if not shutil.which("taskset"):
        return "there is no taskset: install it first (Debian: apt-get install util-linux)"
    if not (options.peers / "uvicorn").is_file():
        return f"there is no {options.peers / 'uvicorn'}: benchmarks/README.md says how to install the twin"
    return ""


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
    side = Side("ours", free_port(), started.enter_context(new_database(options.database, "ours")), "users_user")
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "config.wsgi:application",
        "--host", "127.0.0.1", "--port", str(side.port), "--workers", "1",
        "--blocking-threads", str(BLOCKING_THREADS), "--log-level", "warning",
    ]  # fmt: skip
    var = started.enter_context(tempfile.TemporaryDirectory(prefix="colophon-bench-"))
    opened = {"USER_DIRECTORY_OPEN": "true", "REGISTRATION_OPEN": "true"}
    environment = {"DATABASE_URL": side.database, "VAR_DIR": var, "DEBUG": "false", **opened}
    migrate(environment)
    started.enter_context(server(side, command, environment, ROOT))
    return side


def migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(command, env={**os.environ, **environment}, cwd=ROOT, check=True)


def start_twin(started: ExitStack, options: Options) -> Side:
    side = Side("twin", free_port(), started.enter_context(new_database(options.database, "twin")), "users")
    command = [
        str(options.peers / "uvicorn"), "users_fastapi:app", "--host", "127.0.0.1", "--port", str(side.port),
        "--workers", "1", "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip
    started.enter_context(server(side, command, {"DATABASE_URL": side.database}, TWIN))
    return side


@contextmanager
def new_database(server_url: str, label: str) -> Iterator[str]:
    """The address of an empty database, dropped at the end; it must not be told to commit without waiting."""
    name = f"colophon_bench_{label}_{os.getpid()}"
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(side: Side, command: list[str], environment: dict[str, str], cwd: Path) -> Iterator[None]:
    """Runs it on one core, from its first answer to the end of the block."""
    pinned = ["taskset", "--cpu-list", SERVER_CORE, *command]
    process = subprocess.Popen(pinned, env={**os.environ, **environment}, cwd=cwd)
    try:
        wait_for(side, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(side: Side, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if ask(side, "GET", "/users") == (200, []):
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise Unfit(f"The server of {side.name} did not start, or not with an empty list of users.")


def ask(side: Side, method: Method, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    connection = HTTPConnection("127.0.0.1", side.port, timeout=5)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json", "Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def refuse_difference(sides: tuple[Side, Side]) -> None:
    """Both register the first person, under id 1, and show them, in the same words."""
    person = {"id": 1, **PERSON}
    steps: tuple[tuple[Method, str, dict[str, Any] | None, int], ...] = (
        ("POST", "/users", PERSON, 201),
        ("GET", "/users/1", None, 200),
    )
    for method, path, body, status in steps:
        for side in sides:
            if (answer := ask(side, method, path, body)) != (status, person):
                raise Unfit(f"{method} {path}: {side.name} answered {answer}, not {(status, person)}.")


def measure(side: Side, method: Method, seconds: int) -> float:
    """Requests a second, once it is certain that each was done."""
    before = count(side)
    report = load(side, method, seconds)
    if report["wrong"] or report["lost"] or not report["right"]:
        raise Unfit(f"{ROUTES[method]} of {side.name}: {report}.")
    added = count(side) - before
    # What was still on its way when the clock stopped may have been kept too.
    if method == "POST" and added < report["right"]:
        raise Unfit(f"{side.name} said that it registered {report['right']:,} people and kept {added:,}.")
    return report["right"] / report["microseconds"] * 1_000_000


def load(side: Side, method: Method, seconds: int) -> dict[str, int]:
    """What users.lua counted."""
    command = [
        "taskset", "--cpu-list", CLIENT_CORE, "wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s",
        "-s", str(SCRIPT), f"http://127.0.0.1:{side.port}", "--", method,
    ]  # fmt: skip
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, int] = json.loads(finished.stdout.splitlines()[-1])
    return report


def count(side: Side) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(side.table))
    with psycopg.connect(side.database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def table(method: Method, pairs: list[Pair]) -> str:
    """A line for each pair, then the medians; the last ratio is the median of the ratios, not that of the medians."""
    lines = [f"{ROUTES[method]}, requests a second", f"{'run':>6}  {'ours':>7}  {'twin':>7}  {'ours/twin':>9}"]
    for number, pair in enumerate(pairs, start=1):
        lines.append(line(str(number), pair.ours, pair.twin, pair.ratio))
    medians = (median(getattr(pair, name) for pair in pairs) for name in ("ours", "twin", "ratio"))
    return "\n".join([*lines, line("median", *medians)])


def line(label: str, ours: float, twin: float, ratio: float) -> str:
    return f"{label:>6}  {ours:>7,.0f}  {twin:>7,.0f}  {ratio:>9.2f}"


if __name__ == "__main__":
    main()
