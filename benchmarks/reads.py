"""Compares warm reads of the list of books, ours with a FastAPI + sqlite3 service and with plain Django REST framework.

Each server has core 0 to itself while it is asked, and wrk has core 1: 16 connections go round the 100 pages of 1,000
books. All three read the same books from SQLite files; the plain framework must send the same JSON as ours, but for
what stands around the results.
"""

import argparse
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import servers
from benchmarks.pairs import Pair, Unfit, table

SCRIPT = servers.ROOT / "benchmarks" / "reads.lua"
PEERS = servers.ROOT / "benchmarks" / "peers"
BLOCKING_THREADS = 32
BOOKS, LIMIT = 1_000, 10
FILL = "from benchmarks.fill import fill; fill()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    peers: Path
    seconds: int
    runs: int


def main() -> None:
    servers.end_cleanly_on_sigterm()
    options = read_options()
    try:
        turns = measure(options)
    except (Unfit, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No result. {error}")
    for name in ("fastapi", "drf"):
        pairs = [Pair(turn["ours"], turn[name]) for turn in turns]
        print(f"warm GET /books?page=N&limit=10, requests a second\n{table(pairs, peer=name, digits=0)}\n")


def read_options() -> Options:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    servers.add_options(parser)
    options = Options(**vars(parser.parse_args()))
    servers.refuse_what_cannot_run(parser, options.peers)
    return options


def measure(options: Options) -> list[dict[str, float]]:
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="colophon-bench-")))
        ports = start(started, options, folder)
        refuse_difference(ports)
        for port in ports.values():
            ask_for_pages(port, "warm-up", 2)
        return [
            {name: ask_for_pages(port, name, options.seconds) for name, port in ports.items()}
            for _ in range(options.runs)
        ]


def start(started: ExitStack, options: Options, folder: Path) -> dict[str, int]:
    """Three servers, each with its own copy of the books."""
    ports = {name: servers.free_port() for name in ("ours", "fastapi", "drf")}
    environment = {"DATABASE_URL": f"sqlite:///{folder / 'ours.sqlite3'}", "VAR_DIR": str(folder), "DEBUG": "false"}
    servers.manage(environment, "migrate", "--verbosity", "0")
    servers.manage(environment, "shell", "--verbosity", "0", "--command", FILL)
    copy_books(folder)
    commands = {
        "ours": (servers.granian(ports["ours"], threads=BLOCKING_THREADS), environment, servers.ROOT),
        "fastapi": (
            servers.uvicorn(options.peers, ports["fastapi"], "books_fastapi:app"),
            {"DATABASE": str(folder / "fastapi.sqlite3")}, PEERS,
        ),
        "drf": (
            servers.granian(ports["drf"], threads=BLOCKING_THREADS, application="books_drf:application"),
            {"DATABASE": str(folder / "drf.sqlite3")}, PEERS,
        ),
    }  # fmt: skip
    for name, (command, variables, cwd) in commands.items():
        started.enter_context(servers.running(command, variables, cwd, partial(answers, ports[name])))
    return ports


def copy_books(folder: Path) -> None:
    """The same file for plain Django, three columns for the other; both in the mode of ours."""
    with closing(sqlite3.connect(folder / "ours.sqlite3")) as ours:
        ours.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = ours.execute("SELECT id, title, price FROM books_book ORDER BY id").fetchall()
    shutil.copy(folder / "ours.sqlite3", folder / "drf.sqlite3")
    with closing(sqlite3.connect(folder / "fastapi.sqlite3")) as small, small:
        small.execute("PRAGMA journal_mode=WAL")
        small.execute("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price NUMERIC)")
        small.executemany("INSERT INTO books VALUES (?, ?, ?)", rows)


def answers(port: int) -> bool:
    status, body = servers.ask(port, "/books")
    return status == 200 and body["count"] == BOOKS


def refuse_difference(ports: dict[str, int]) -> None:
    for page in (1, 50, BOOKS // LIMIT):
        path = f"/books?page={page}&limit={LIMIT}"
        ours, small, plain = (servers.ask(ports[name], path)[1]["results"] for name in ("ours", "fastapi", "drf"))
        if ours != plain:
            raise Unfit(f"{path} differs: {ours[0]} and {plain[0]}.")
        if [(book["id"], book["title"]) for book in ours] != [(book["id"], book["title"]) for book in small]:
            raise Unfit(f"{path} shows other books: {ours[0]} and {small[0]}.")


def ask_for_pages(port: int, name: str, seconds: int) -> float:
    report = servers.load(port, SCRIPT, seconds, str(BOOKS // LIMIT), str(LIMIT))
    return servers.requests_a_second(report, name)


if __name__ == "__main__":
    main()
