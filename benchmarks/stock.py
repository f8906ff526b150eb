"""Databases to measure with: a catalogue of generated books in ours, and copies of it for the peers."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers


@dataclass(frozen=True, slots=True)
class Filled:
    """How a database came to its books: `rate` a second, without the time to make them up; `peak_mb` resident."""

    rate: float
    peak_mb: float


def environment(folder: Path, url: str = "") -> dict[str, str]:
    """What ours is to be started with; `url` names another database than the folder's."""
    database = url or f"sqlite:///{folder / 'ours.sqlite3'}"
    return {"DATABASE_URL": database, "VAR_DIR": str(folder), "DEBUG": "false", "CONTACT": "bench@example.org"}


def fill(variables: dict[str, str], books: int) -> Filled:
    """Migrates, and writes so many generated books through `ingest`."""
    servers.manage(variables, "migrate", "--verbosity", "0")
    script = f"from benchmarks.fill import measured; measured({books})"
    printed = servers.manage(variables, "shell", "--verbosity", "0", "--command", script)
    return Filled(**json.loads(printed.splitlines()[-1]))


def copy_for_peers(folder: Path) -> None:
    """The same file for plain Django, three columns for the other; both in the mode of ours."""
    with closing(sqlite3.connect(folder / "ours.sqlite3")) as ours:
        ours.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(folder / "ours.sqlite3", folder / "drf.sqlite3")
    with closing(sqlite3.connect(folder / "fastapi.sqlite3")) as small, small:
        small.execute("PRAGMA journal_mode=WAL")
        small.execute("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price NUMERIC)")
        small.execute("ATTACH ? AS ours", [str(folder / "ours.sqlite3")])
        small.execute("INSERT INTO books SELECT id, title, price FROM ours.books_book ORDER BY id")


class Postgres:
    """A database on a server, made for the measurement and dropped after it."""

    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self.name = name
        self.url = f"{server.rsplit('/', 1)[0]}/{name}"

    def __enter__(self) -> "Postgres":
        self._run(self._server, f'DROP DATABASE IF EXISTS "{self.name}"', f'CREATE DATABASE "{self.name}"')
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def count_rows(self) -> None:
        """What the server's autovacuum does by itself where it is on."""
        self._run(self.url, "VACUUM ANALYZE")

    def _run(self, url: str, *statements: str) -> None:
        commands = [argument for statement in statements for argument in ("--command", statement)]
        subprocess.run(["psql", "--quiet", "--no-psqlrc", url, *commands], check=True, stderr=subprocess.DEVNULL)
