"""Both databases return the same search results in the same order."""

import json
import random
from pathlib import Path

import pytest
from django.db import connection

from tests.fakes.shop.catalogue import read_books
from tests.support.installation import (
    DatabaseFactory,
    Installation,
    create_postgresql_database,
    create_sqlite_database,
)

SCRIPT = Path(__file__).with_name("search_script.py").read_text(encoding="utf-8")


def make_queries() -> list[str]:
    """A thousand parts of titles, words and pairs of letters, some in capitals and some that match nothing."""
    chance = random.Random(7)
    titles = [book.title for book in read_books()]
    queries = []
    for _ in range(1_000):
        title = chance.choice(titles)
        start = chance.randrange(len(title))
        part = title[start : start + chance.choice([2, 3, 4, 5, 8, 13])]
        queries.append(chance.choice([part, part.upper(), chance.choice(title.split()), f"{part}q"]))
    return queries


def run_queries(folder: Path, create_database: DatabaseFactory, *, max_sorted: int) -> list[list[str]]:
    with Installation.create(folder, create_database) as installation:
        script = f"MAX_SORTED, QUERIES = {max_sorted}, {make_queries()!r}\n{SCRIPT}"
        finished = installation.manage("shell", "--verbosity", "0", "--command", script, timeout=600)
    assert finished.returncode == 0, finished.stderr
    results: list[list[str]] = json.loads(finished.stdout)
    return results


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="compares PostgreSQL with SQLite")
@pytest.mark.parametrize("max_sorted", [2_000, 3])
def test_sqlite_and_postgresql_find_the_same_books(tmp_path: Path, max_sorted: int) -> None:
    on_sqlite = run_queries(tmp_path / "sqlite", create_sqlite_database, max_sorted=max_sorted)
    on_postgresql = run_queries(tmp_path / "postgresql", create_postgresql_database, max_sorted=max_sorted)

    assert sum(bool(keys) for keys in on_sqlite) > 500
    results = zip(make_queries(), on_sqlite, on_postgresql, strict=True)
    assert [query for query, one, other in results if one != other] == []
