"""Updated statistics of the planner are used by all open connections."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper

from core.db.statistics import update_statistics

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL shares its statistics")

TABLE = """
    CREATE TABLE pairs (a INTEGER, b INTEGER);
    CREATE INDEX by_a ON pairs (a);
    CREATE INDEX by_b ON pairs (b);
"""
EXPLAIN = "EXPLAIN QUERY PLAN SELECT * FROM pairs WHERE a = 1 AND b = 1"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """A database of its own, because other connections cannot open the suite's, which is in memory."""
    wrapper = DatabaseWrapper({**connection.settings_dict, "NAME": str(tmp_path / "test.sqlite3")}, "statistics")
    connections["statistics"] = wrapper
    yield wrapper
    wrapper.close()
    del connections["statistics"]


@pytest.mark.django_db
def test_open_connections_use_updated_statistics(database: DatabaseWrapper) -> None:
    """The planner prefers the index with more distinct values."""
    with closing(sqlite3.connect(database.settings_dict["NAME"], cached_statements=0)) as open_connection:

        def replace_rows(rows: list[tuple[int, int]]) -> None:
            open_connection.execute("DELETE FROM pairs")
            open_connection.executemany("INSERT INTO pairs VALUES (?, ?)", rows)
            open_connection.commit()
            update_statistics("statistics")

        def read_plan() -> str:
            open_connection.execute("SELECT * FROM pairs").fetchone()  # EXPLAIN alone notices no changed schema
            return " ".join(row[3] for row in open_connection.execute(EXPLAIN))

        open_connection.executescript(TABLE)
        replace_rows([(number, 1) for number in range(100)])
        assert "by_a" in read_plan()

        replace_rows([(1, number) for number in range(100)])

        assert "by_b" in read_plan()
