"""Databases of generated books: ours, and copies for the peers."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers


@dataclass(frozen=True, slots=True)
class IngestFigures:
    """Books per second, without the time to generate them, and the peak of the resident memory."""

    rate: float
    peak_mb: float


def our_environment(folder: Path, url: str = "") -> dict[str, str]:
    """The environment of our processes. By default, the database is SQLite in the folder."""
    database = url or f"sqlite:///{folder / 'ours.sqlite3'}"
    return {"DATABASE_URL": database, "VAR_DIR": str(folder), "DEBUG": "false", "CONTACT": "bench@example.org"}


def fill_database(environment: dict[str, str], books: int) -> IngestFigures:
    """Migrates the database, and writes generated books through `ingest`."""
    servers.run_manage(environment, "migrate", "--verbosity", "0")
    code = f"from benchmarks.generated_books import ingest_generated_books; ingest_generated_books({books})"
    output = servers.run_manage(environment, "shell", "--verbosity", "0", "--command", code)
    return IngestFigures(**json.loads(output.splitlines()[-1]))


def copy_for_peers(folder: Path) -> None:
    """Copies the whole file for plain Django, and three columns for FastAPI; both in WAL mode, as ours."""
    with closing(sqlite3.connect(folder / "ours.sqlite3")) as ours:
        ours.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(folder / "ours.sqlite3", folder / "drf.sqlite3")
    with closing(sqlite3.connect(folder / "fastapi.sqlite3")) as fastapi, fastapi:
        fastapi.execute("PRAGMA journal_mode=WAL")
        fastapi.execute("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price NUMERIC)")
        fastapi.execute("ATTACH ? AS ours", [str(folder / "ours.sqlite3")])
        fastapi.execute("INSERT INTO books SELECT id, title, price FROM ours.books_book ORDER BY id")


class TemporaryDatabase:
    """A PostgreSQL database that is created at the start of a block and dropped at its end."""

    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self.name = name
        self.url = f"{server.rsplit('/', 1)[0]}/{name}"

    def __enter__(self) -> "TemporaryDatabase":
        self._execute(self._server, f'DROP DATABASE IF EXISTS "{self.name}"', f'CREATE DATABASE "{self.name}"')
        return self

    def __exit__(self, *_: object) -> None:
        self._execute(self._server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def vacuum(self) -> None:
        """Updates the statistics, as autovacuum does in normal operation."""
        self._execute(self.url, "VACUUM ANALYZE")

    def _execute(self, url: str, *statements: str) -> None:
        commands = [argument for statement in statements for argument in ("--command", statement)]
        subprocess.run(["psql", "--quiet", "--no-psqlrc", url, *commands], check=True, stderr=subprocess.DEVNULL)
