"""An installation of Colophon for tests that start processes: an environment and a migrated database."""

import atexit
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import psycopg
from django.conf import settings

from tests.support import suite_logs

ROOT = Path(__file__).resolve().parent.parent.parent
DatabaseFactory = Callable[[Path], AbstractContextManager[tuple[str, str]]]
MANAGE = [sys.executable, str(ROOT / "manage.py")]


class LoggedPopen(subprocess.Popen[str]):
    """Adds the standard error to the logs that the suite searches for secrets."""

    def communicate(self, *arguments: Any, **options: Any) -> tuple[str, str]:
        output, errors = super().communicate(*arguments, **options)
        suite_logs.record_stderr(errors or "")
        return output, errors


@dataclass(frozen=True, slots=True)
class Installation:
    """`environment` is passed to its processes; `database` is a path (SQLite) or a connection string (PostgreSQL)."""

    environment: dict[str, str]
    database: str

    @classmethod
    @contextmanager
    def create(
        cls, folder: Path, create_database: "DatabaseFactory | None" = None, *, migrate: bool = True
    ) -> Iterator[Self]:
        """By default, the database is of the kind that the suite runs on."""
        folder.mkdir(exist_ok=True)
        with (create_database or suite_database_factory())(folder) as (url, database):
            environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": url, "CONTACT": ""}
            installed = cls(environment, database)
            if migrate:
                installed.create_tables()
            yield installed

    def create_tables(self) -> None:
        """Migrates the database. An SQLite file is copied, because migrating takes seconds."""
        if self.database.startswith("postgresql"):
            self.manage("migrate", "--verbosity", "0").check_returncode()
        else:
            shutil.copyfile(create_migrated_file(), self.database)

    def manage(self, *arguments: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        finished = subprocess.run(
            [*MANAGE, *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        suite_logs.record_stderr(finished.stderr)
        return finished

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return LoggedPopen(
            [*MANAGE, *arguments],
            env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Reads the rows without Django, so that its caches and conversions cannot hide an error."""
        if self.database.startswith("postgresql"):
            with psycopg.connect(self.database) as connection:
                return connection.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()


@cache
def create_migrated_file() -> Path:
    """A migrated SQLite file, created once in a test process."""
    folder = Path(tempfile.mkdtemp(prefix="colophon-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with create_sqlite_database(folder) as (url, path):
        environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": url, "CONTACT": ""}
        Installation(environment, path).manage("migrate", "--verbosity", "0").check_returncode()
    return Path(path)


def suite_database_factory() -> "DatabaseFactory":
    return (
        create_postgresql_database
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
        else create_sqlite_database
    )


@contextmanager
def create_sqlite_database(folder: Path) -> Iterator[tuple[str, str]]:
    path = str(folder / "catalogue.sqlite3")
    yield f"sqlite:///{path}", path


@contextmanager
def create_postgresql_database(folder: Path) -> Iterator[tuple[str, str]]:
    server = settings.DATABASES["default"]
    address = f"postgresql://{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT'] or 5432}"
    name = f"colophon_{uuid4().hex}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield f"{address}/{name}", f"{address}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
