"""The index of the words in titles and names: found by any three letters, kept up by the database itself.

On PostgreSQL it is a trigram index (pg_trgm), on SQLite a table of FTS5 with triggers. Both hold a key between spaces,
so that ` ab` finds the words that begin with `ab`, and ` abc ` the whole word.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from cachetools import TTLCache, cached
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func

SHORTEST = 3  # characters that the index can look for
SAMPLE, SAMPLED_EVERY = 5_000, 3_600  # rows, seconds
# Table, column
INDEXED = {"book": ("books_book", "title_key"), "author": ("books_author", "name_key")}
samples: TTLCache[Any, Counter[str]] = TTLCache(len(INDEXED), ttl=SAMPLED_EVERY)


class HoldsByRow(Func):
    """Whether the key of the row, between spaces, holds the phrase."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, phrase: str) -> None:
        self.phrase = phrase
        super().__init__(F("pk"), F(column))

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:
        return self._compared(compiler, "instr")

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:
        return self._compared(compiler, "strpos")

    def _compared(self, compiler: Any, function: str) -> tuple[str, list[Any]]:
        column, values = compiler.compile(self.source_expressions[1])
        return f"{function}(' ' || {column} || ' ', %s) > 0", [*values, self.phrase]


class Holds(HoldsByRow):
    """The same by the index; it knows phrases of three characters at least."""

    def __init__(self, kind: str, phrase: str) -> None:
        self.kind = kind
        super().__init__(INDEXED[kind][1], phrase)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:
        key, values = compiler.compile(self.source_expressions[0])
        found = f"SELECT rowid FROM {table_of(self.kind)} WHERE words MATCH %s"
        return f"{key} IN ({found})", [*values, match(self.phrase)]

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:
        column, values = compiler.compile(self.source_expressions[1])
        return f"(' ' || {column} || ' ') LIKE %s", [*values, pattern(self.phrase)]


def few(kind: str, phrase: str, *, most: int) -> dict[int, str] | None:
    """The keys of the rows that hold the phrase, by the rows' ids; None where they are more than `most`."""
    table, column = INDEXED[kind]
    condition, value = _held_by_row(column, phrase)
    if connection.vendor == "sqlite" and len(phrase) >= SHORTEST:
        ids = _few_by_index(kind, phrase, most=most)
        if ids is None:
            return None
        condition, value = f"id IN (SELECT value FROM json_each(%s)) AND {condition}", [json.dumps(ids), *value]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM {table} WHERE {condition} LIMIT {most + 1}", value)
        rows = dict(cursor.fetchall())
    return rows if len(rows) <= most else None


def hits(kind: str, phrase: str, *, most: int) -> int:
    """How many rows hold the phrase; counting ends at `most`."""
    table, column = INDEXED[kind]
    condition, value = _held_by_row(column, phrase)
    if connection.vendor == "sqlite" and len(phrase) >= SHORTEST:
        table, condition, value = table_of(kind), "words MATCH %s", [match(phrase)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {most}) AS found", value)
        return int(cursor.fetchone()[0])


def _held_by_row(column: str, phrase: str) -> tuple[str, list[Any]]:
    """A condition and its value: on PostgreSQL one that the index serves, where the phrase is long enough."""
    if connection.vendor == "sqlite":
        return f"instr(' ' || {column} || ' ', %s) > 0", [phrase]
    return f"(' ' || {column} || ' ') LIKE %s", [pattern(phrase)]


def _few_by_index(kind: str, phrase: str, *, most: int) -> list[int] | None:
    """The ids of rows of which some may hold the phrase, and no others do; None where they are more than `most`.

    First the rarest of the phrase's trigrams are asked for: the lists of the others are long, and exclude few.
    """
    for asked in (" AND ".join(map(match, rarest(kind, phrase))), match(phrase)):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT rowid FROM {table_of(kind)} WHERE words MATCH %s LIMIT {most + 1}", [asked])
            ids = [key for (key,) in cursor.fetchall()]
        if len(ids) <= most:
            return ids
    return None


def rarest(kind: str, phrase: str) -> list[str]:
    """The three of the phrase's trigrams that stand in fewest keys, as far as a sample tells."""
    frequency = _sample(kind)
    return sorted(sorted(trigrams(phrase)), key=lambda trigram: frequency[trigram])[:3]


@cached(samples)
def _sample(kind: str) -> Counter[str]:
    """How often trigrams stand in some keys. Wrong frequencies make a search slower, never wrong."""
    table, column = INDEXED[kind]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} LIMIT {SAMPLE}")
        return Counter(chain(*(trigrams(key) for (key,) in cursor.fetchall())))


def trigrams(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}


def match(phrase: str) -> str:
    """The phrase as a query of FTS5."""
    return '"{}"'.format(phrase.replace('"', '""'))


def pattern(phrase: str) -> str:
    escaped = phrase.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def table_of(kind: str) -> str:
    """The index's own table on SQLite, its name on PostgreSQL."""
    return f"books_{kind}_words"


def install(database: BaseDatabaseWrapper) -> None:
    """Makes what is missing of the index. On SQLite a table loses its triggers whenever a migration makes it anew."""
    for kind in INDEXED:
        make = _on_sqlite if database.vendor == "sqlite" else _on_postgresql
        for statement in make(database, kind):
            with database.cursor() as cursor:
                cursor.execute(statement)


def is_installed(database: BaseDatabaseWrapper) -> bool:
    """Whether the migration that makes it has run, and not been taken back."""
    return all(table_of(kind) in database.introspection.table_names() for kind in INDEXED)


def put_back(database: BaseDatabaseWrapper) -> None:
    """What may have been lost since the migration."""
    if database.vendor == "sqlite":
        install(database)


def rebuild(database: BaseDatabaseWrapper) -> None:
    """Makes the index anew from the rows."""
    remove(database)
    install(database)


def remove(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        for kind, (table, _column) in INDEXED.items():
            if database.vendor == "sqlite":
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_words_{event}")
                cursor.execute(f"DROP TABLE IF EXISTS {table_of(kind)}")
            else:
                cursor.execute(f"DROP INDEX IF EXISTS {table_of(kind)}")


def _on_postgresql(database: BaseDatabaseWrapper, kind: str) -> Iterator[str]:
    table, column = INDEXED[kind]
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    words = f"(' ' || {column} || ' ')"
    yield f"CREATE INDEX IF NOT EXISTS {table_of(kind)} ON {table} USING gin ({words} gin_trgm_ops)"


def _on_sqlite(database: BaseDatabaseWrapper, kind: str) -> Iterator[str]:
    if _triggers(database, kind) == 3:
        return
    (table, column), index = INDEXED[kind], table_of(kind)
    yield f"DROP TABLE IF EXISTS {index}"
    # No copy of the text: the index gives ids, and the rows have the rest.
    yield f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', tokenize='trigram case_sensitive 1')"
    yield f"INSERT INTO {index}(rowid, words) SELECT id, ' ' || {column} || ' ' FROM {table}"
    insert = f"INSERT INTO {index}(rowid, words) VALUES (new.id, ' ' || new.{column} || ' ');"
    delete = f"INSERT INTO {index}({index}, rowid, words) VALUES ('delete', old.id, ' ' || old.{column} || ' ');"
    changed = f"UPDATE OF id, {column} ON {table} WHEN old.{column} <> new.{column} OR old.id <> new.id"
    for event, when, work in (
        ("insert", f"INSERT ON {table}", insert),
        ("update", changed, delete + insert),
        ("delete", f"DELETE ON {table}", delete),
    ):
        yield f"DROP TRIGGER IF EXISTS {table}_words_{event}"
        yield f"CREATE TRIGGER {table}_words_{event} AFTER {when} BEGIN {work} END"


def _triggers(database: BaseDatabaseWrapper, kind: str) -> int:
    table = INDEXED[kind][0]
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s", [f"{table}_words_*"]
        )
        return int(cursor.fetchone()[0])
